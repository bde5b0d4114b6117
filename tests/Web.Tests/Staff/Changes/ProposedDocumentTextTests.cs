using SurveillanceRegistry.Domain.Changes.Versions;
using SurveillanceRegistry.Domain.Policies.Law;
using SurveillanceRegistry.Domain.Policies.Rules;
using SurveillanceRegistry.Domain.Staff;
using SurveillanceRegistry.Web.Tests.Fixtures;
using SurveillanceRegistry.Web.Tests.Staff.Amendments;

namespace SurveillanceRegistry.Web.Tests.Staff.Changes;

/// <summary>Two amendments of one instrument from one day, on the page of the request that comes second.</summary>
public sealed class ProposedDocumentTextTests(StaffedCity staffed) : IClassFixture<StaffedCity>
{
    private static readonly Source Read = new("The text", null, new DateOnly(2026, 11, 23), Confidence.Sourced);

    private static readonly LawDate Day = LawDate.Parse("2027-01-01");

    [Fact]
    public async Task Amendments_of_two_technologies_from_one_day_are_both_kept_on_the_page()
    {
        using var editor = await staffed.SignedInAsync(Role.Editor);
        var (page, recorded) = await RequestedAsync(editor, "990501");
        await staffed.RecordAsync(VersionChain.Add(recorded, Version(recorded, 60, 80)));
        var moved = (await editor.DocumentAsync(page)).QuerySelector("section[aria-labelledby=moved]")!;
        Assert.Empty(moved.QuerySelectorAll("fieldset"));
        Assert.Contains(
            "for Automatic License Plate Readers: changed the retention limit from 60 days to 45 days (patrol reads)",
            moved.TextContent
        );
        Assert.Equal([45, 80], await UpdatedAsync(editor, page));
    }

    [Theory]
    [InlineData("theirs", 20)]
    [InlineData("mine", 45)]
    public async Task A_figure_that_two_people_amend_from_one_day_is_a_choice_in_words(string choice, int days)
    {
        using var editor = await staffed.SignedInAsync(Role.Editor);
        var (page, recorded) = await RequestedAsync(editor, $"9905{days}");
        await staffed.RecordAsync(VersionChain.Add(recorded, Version(recorded, 20, 80) with { Title = "An amended text" }));
        var fieldset = (await editor.DocumentAsync(page)).QuerySelectorAll("section[aria-labelledby=moved] fieldset").Single();
        var said = fieldset.TextContent;
        Assert.Contains("Version 2, from January 1, 2027, for Automatic License Plate Readers. Choose one.", said);
        Assert.Contains("recorded meanwhile: Changed the retention limit from 60 days to 20 days (patrol reads)", said);
        Assert.Contains("request proposes: Changed the retention limit from 60 days to 45 days (patrol reads)", said);
        var field = fieldset.QuerySelector("input")!.GetAttribute("name")!;
        Assert.Equal([days, 80], await UpdatedAsync(editor, page, (field, choice)));
    }

    /// <summary>Brings a request up to date. It keeps its other term. Returns the limits of its new version.</summary>
    private async Task<int?[]> UpdatedAsync(Visitor editor, string page, params (string, string)[] choices)
    {
        var request = await staffed.RequestAsync(page);
        using var answer = await editor.PostAsync(
            $"{page}?handler=Rebase",
            [("version", request.Version.ToString(System.Globalization.CultureInfo.InvariantCulture)), .. choices]
        );
        var updated = (await staffed.RequestAsync(page)).Proposal.Documents.FirstOrDefault()?.Document.Value<Instrument>();
        Assert.Equal((2, "with counsel"), (updated!.Versions.Length, updated.Versions[1].Rules[0].Sharing));
        return [.. updated.Versions[1].Rules.Select(rule => rule.Retention[0].Days)];
    }

    /// <summary>An ordinance, and a request for 45 days of plate reads from the day.</summary>
    private async Task<(string Page, Instrument Recorded)> RequestedAsync(Visitor editor, string number)
    {
        var empty = new Instrument($"ord-{number}", InstrumentKind.Ordinance, $"Ordinance {number}", "City Council", []);
        var first = Version(empty, 60, 90) with { Number = 1, Effective = new EffectivePeriod(LawDate.Parse("2018")), Id = "first" };
        var recorded = empty with { Versions = [first] };
        await staffed.RecordAsync(recorded);
        var form = await StaffForm.OpenAsync(editor, $"/staff/amend/{recorded.Id}/alpr");
        var why = await form.With("from", "January 1, 2027")
            .With("retention-0-number", "45")
            .With("sharing", "with counsel")
            .With("source-title", "The text")
            .AcceptedAsync();
        return (why[..^"/why".Length], recorded);
    }

    private static InstrumentVersion Version(Instrument instrument, int plates, int video) =>
        new(
            0,
            $"Text of {instrument.Citation}",
            new EffectivePeriod(Day),
            null,
            null,
            null,
            null,
            null,
            Read,
            [
                Rule("alpr", new Retention(RetentionBound.Limit, plates, null, "patrol reads")),
                Rule("body-worn-video", new Retention(RetentionBound.Limit, video)),
            ]
        );

    private static Rule Rule(string technology, Retention retention) =>
        new(technology, [], [retention], [], new RecordsAccess(RecordsAccessKind.NotKnown), ["police"]);
}
