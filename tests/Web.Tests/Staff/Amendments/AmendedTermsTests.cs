using SurveillanceRegistry.Domain.Changes.Versions;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Policies.Law;
using SurveillanceRegistry.Domain.Policies.Rules;
using SurveillanceRegistry.Domain.Staff;
using SurveillanceRegistry.Web.Tests.Fixtures;

namespace SurveillanceRegistry.Web.Tests.Staff.Amendments;

/// <summary>A new version has what its form changed, and for all else what holds just before its first day.</summary>
public sealed class AmendedTermsTests(StaffedCity staffed) : IClassFixture<StaffedCity>
{
    private static readonly Source Read = new("The text", null, new DateOnly(2026, 11, 23), Confidence.Sourced);

    [Fact]
    public async Task A_term_that_was_not_edited_is_that_of_the_text_in_force_before_the_first_day()
    {
        using var editor = await staffed.SignedInAsync(Role.Editor);
        var recorded = await RecordedAsync("990401");
        var form = (await AmendAsync(editor, recorded)).With("from", "January 1, 2020").With("note", "See page 3.");
        Assert.Equal("2", form["template"]);
        var proposed = await ProposedAsync(await form.AcceptedAsync());
        Assert.Equal(
            [
                "Text of 2018 2018-01-01..2020-01-01 60 90 not-known",
                "Text of 2018 2020-01-01..2024-01-01 60 90 not-known",
                "Text of 2024 2024-01-01.. 30 70 exempt",
            ],
            Lines(proposed)
        );
        Assert.Equal("See page 3.", proposed.Versions[1].Rules[0].Note);
    }

    [Fact]
    public async Task A_form_that_is_reached_from_an_older_version_begins_with_its_terms()
    {
        using var editor = await staffed.SignedInAsync(Role.Editor);
        var recorded = await RecordedAsync("990402");
        var choice = await editor.DocumentAsync($"/staff/change/{recorded.Id}/1/alpr");
        var link = choice.QuerySelector("main .acts a")!.GetAttribute("href")!;
        Assert.Equal($"/staff/amend/{recorded.Id}/alpr?version=1", link);
        var form = await StaffForm.OpenAsync(editor, link);
        Assert.Equal(("60", "Text of 2018", "not-known"), (form["retention-0-number"], form["title"], form["access"]));
        var why = await form.With("from", "January 1, 2020")
            .With("retention-0-number", "45")
            .With("source-title", "The text")
            .AcceptedAsync();
        Assert.Equal("Text of 2018 2020-01-01..2024-01-01 45 90 not-known", Lines(await ProposedAsync(why))[1]);
    }

    [Fact]
    public async Task A_term_that_the_form_showed_otherwise_is_shown_again_beside_the_right_text()
    {
        using var editor = await staffed.SignedInAsync(Role.Editor);
        var recorded = await RecordedAsync("990403");
        var form = (await AmendAsync(editor, recorded)).With("from", "January 1, 2020").With("retention-0-number", "45");
        var said = await form.RefusedAsync();
        Assert.Contains(
            "Before January 1, 2020, version 1, “Text of 2018”, is in force. The form began with version 2. "
                + "It now begins with the terms of version 1, and has what you changed. Check it, and continue.",
            said
        );
        Assert.Contains("How long recordings are kept: version 1 says at most 60 days (patrol reads).", said);
        var again = await form.ShownAgainAsync();
        Assert.Equal(
            ("1", "45", "not-known", "Text of 2018", "January 1, 2020"),
            (again["template"], again["retention-0-number"], again["access"], again["title"], again["from"])
        );
        Assert.Equal("Text of 2018 2020-01-01..2024-01-01 45 90 not-known", Lines(await ProposedAsync(await again.AcceptedAsync()))[1]);
    }

    [Fact]
    public async Task A_text_that_waits_for_a_condition_lends_its_terms_to_no_other_version()
    {
        using var editor = await staffed.SignedInAsync(Role.Editor);
        var recorded = await RecordedAsync("990404", waits: true);
        var form = (await AmendAsync(editor, recorded)).With("from", "January 1, 2027").With("retention-0-number", "45");
        Assert.Equal("60", (await AmendAsync(editor, recorded))["retention-0-number"]);
        Assert.Equal(
            [
                "Text of 2018 2018-01-01..2027-01-01 60 90 not-known",
                "Text of 2018 2027-01-01.. 45 90 not-known",
                "Text of 2024 .. 30 70 exempt",
            ],
            Lines(await ProposedAsync(await form.AcceptedAsync()))
        );
    }

    [Fact]
    public async Task What_was_approved_after_the_form_was_opened_stays_in_the_new_version()
    {
        using var editor = await staffed.SignedInAsync(Role.Editor);
        var recorded = await RecordedAsync("990405");
        var form = (await AmendAsync(editor, recorded, "body-worn-video")).With("from", "June 1, 2027").With("retention-0-number", "80");
        var other = recorded.Versions[1] with
        {
            Id = "",
            Effective = new EffectivePeriod(LawDate.Parse("2027-01-01")),
            Rules = [Rule("alpr", 45, "exempt"), Rule("body-worn-video", 70, "not-known") with { Sharing = "with counsel" }],
        };
        await staffed.RecordAsync(VersionChain.Add(recorded, other));
        var request = await staffed.RequestAsync(await form.AcceptedAsync());
        var proposed = request.Proposal.Documents.Single();
        Assert.Equal(2, proposed.Base);
        var versions = proposed.Document.Value<Instrument>();
        Assert.Equal(
            ["Text of 2024 2027-01-01..2027-06-01 45 70 exempt", "Text of 2024 2027-06-01.. 45 80 exempt"],
            Lines(versions).Skip(2)
        );
        Assert.Equal("with counsel", versions.Versions[3].Rules[1].Sharing);
    }

    [Fact]
    public async Task A_term_that_was_approved_otherwise_meanwhile_brings_the_form_back()
    {
        using var editor = await staffed.SignedInAsync(Role.Editor);
        var recorded = await RecordedAsync("990406");
        var form = (await AmendAsync(editor, recorded)).With("from", "June 1, 2027").With("retention-0-number", "45");
        var other = recorded.Versions[1] with
        {
            Id = "",
            Effective = new EffectivePeriod(LawDate.Parse("2027-01-01")),
            Rules = [Rule("alpr", 20, "exempt"), recorded.Versions[1].Rules[1]],
        };
        await staffed.RecordAsync(VersionChain.Add(recorded, other));
        var said = await form.RefusedAsync();
        Assert.Contains("Before June 1, 2027, version 3, “Text of 2024”, is in force. The form began with version 2.", said);
        Assert.Contains("How long recordings are kept: version 3 says at most 20 days (patrol reads).", said);
        var again = await form.ShownAgainAsync();
        Assert.Equal(("3", "2", "45"), (again["template"], again["revision"], again["retention-0-number"]));
        Assert.Equal("Text of 2024 2027-06-01.. 45 70 exempt", Lines(await ProposedAsync(await again.AcceptedAsync()))[3]);
    }

    [Fact]
    public async Task An_amendment_before_a_scheduled_version_goes_on_in_it_and_the_page_says_so()
    {
        using var editor = await staffed.SignedInAsync(Role.Editor);
        var recorded = await RecordedAsync("990407");
        var scheduled = recorded.Versions[1] with
        {
            Id = "",
            Effective = new EffectivePeriod(LawDate.Parse("2027-06-01")),
            Rules = [recorded.Versions[1].Rules[0], Rule("body-worn-video", 80, "not-known")],
        };
        await staffed.RecordAsync(VersionChain.Add(recorded, scheduled));
        var form = await StaffForm.OpenAsync(editor, $"/staff/amend/{recorded.Id}/alpr?version=2");
        var why = await form.With("from", "January 1, 2027")
            .With("retention-0-number", "45")
            .With("source-title", "The text")
            .AcceptedAsync();
        Assert.Equal(
            ["Text of 2024 2027-01-01..2027-06-01 45 70 exempt", "Text of 2024 2027-06-01.. 45 80 exempt"],
            Lines(await ProposedAsync(why)).Skip(2)
        );
        var page = await editor.DocumentAsync(why[..^"/why".Length]);
        Assert.Contains(
            "changed the retention limit from 30 days to 45 days (patrol reads), which goes on from version 3",
            page.QuerySelector("section[aria-labelledby=what]")!.TextContent
        );
    }

    private static async Task<StaffForm> AmendAsync(Visitor editor, Instrument instrument, string technology = "alpr") =>
        (await StaffForm.OpenAsync(editor, $"/staff/amend/{instrument.Id}/{technology}")).With("source-title", "The text");

    private async Task<Instrument> ProposedAsync(string page) =>
        (await staffed.RequestAsync(page)).Proposal.Documents.Single().Document.Value<Instrument>();

    /// <summary>An ordinance with two texts, of which the second one may wait for a condition.</summary>
    private async Task<Instrument> RecordedAsync(string number, bool waits = false)
    {
        var later = waits
            ? new EffectivePeriod(null) { Condition = "the mayor ends the pause" }
            : new EffectivePeriod(LawDate.Parse("2024-01-01"));
        var instrument = new Instrument(
            $"ord-{number}",
            InstrumentKind.Ordinance,
            $"Ordinance {number}",
            "City Council",
            [
                Version(1, "Text of 2018", new EffectivePeriod(LawDate.Parse("2018-01-01"), To: later.From), 60, 90, "not-known"),
                Version(2, "Text of 2024", later, 30, 70, "exempt"),
            ]
        );
        await staffed.RecordAsync(instrument);
        return instrument;
    }

    private static InstrumentVersion Version(int number, string title, EffectivePeriod period, int days, int camera, string access) =>
        new(
            number,
            title,
            period,
            null,
            null,
            null,
            null,
            null,
            Read,
            [Rule("alpr", days, access), Rule("body-worn-video", camera, "not-known")]
        )
        {
            Id = $"text-{number}",
        };

    private static Rule Rule(string technology, int days, string access) =>
        new(
            technology,
            [Capture.Stills],
            [new Retention(RetentionBound.Limit, days, null, technology == "alpr" ? "patrol reads" : null)],
            [],
            new RecordsAccess(access == "exempt" ? RecordsAccessKind.Exempt : RecordsAccessKind.NotKnown),
            ["police"]
        );

    /// <summary>The title, the first and last day, the limits for both technologies, and the access to plate reads.</summary>
    private static string[] Lines(Instrument instrument) =>
        [
            .. instrument.Versions.Select(version =>
                $"{version.Title} {version.Effective.From}..{version.Effective.To} "
                + $"{string.Join(' ', version.Rules.Select(rule => rule.Retention[0].Days))} "
                + Domain.Json.Word(version.Rules[0].RecordsAccess.Access)
            ),
        ];
}
