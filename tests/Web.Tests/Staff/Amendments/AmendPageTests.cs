using SurveillanceRegistry.Domain.Changes;
using SurveillanceRegistry.Domain.Policies.Documents;
using SurveillanceRegistry.Domain.Policies.Law;
using SurveillanceRegistry.Domain.Staff;
using SurveillanceRegistry.Grains.Policies;
using SurveillanceRegistry.Web.Tests.Fixtures;

namespace SurveillanceRegistry.Web.Tests.Staff.Amendments;

/// <summary>The forms of a new version and of a correction: each changes what it says, and nothing else.</summary>
public sealed class AmendPageTests(StaffedCity staffed) : IClassFixture<StaffedCity>
{
    private const string Manual = "spd-manual-16.170",
        Amend = "/staff/amend/" + Manual + "/alpr",
        Correct = "/staff/edit/" + Manual + "/1/alpr";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private IPoliciesGrain Policies => staffed.City.Grains.GetGrain<IPoliciesGrain>(IPoliciesGrain.City);

    [Fact]
    public async Task The_page_before_a_change_asks_whether_the_law_changed_or_the_record_was_wrong()
    {
        using var editor = await staffed.SignedInAsync(Role.Editor);
        var manual = await editor.DocumentAsync($"/staff/instruments/{Manual}");
        Assert.Equal($"/staff/change/{Manual}/1/alpr", manual.QuerySelector("main .steps li a")!.GetAttribute("href"));
        var page = await editor.DocumentAsync($"/staff/change/{Manual}/1/alpr");
        Assert.Equal([Amend, Correct], page.QuerySelectorAll("main .acts a").Select(link => link.GetAttribute("href")));
        Assert.Contains("at most 90 days (patrol reads)", page.QuerySelector("main")!.TextContent);
    }

    [Fact]
    public async Task A_new_version_with_new_terms_leaves_the_past_as_it_was_recorded()
    {
        using var editor = await staffed.SignedInAsync(Role.Editor);
        var form = (await StaffForm.OpenAsync(editor, Amend))
            .With("from", "November 29, 2026")
            .With("retention-0-number", "3")
            .With("retention-0-unit", "weeks")
            .With("source-title", "SPD Manual 16.170, as amended");
        var why = await form.AcceptedAsync();
        Assert.EndsWith("/why", why);
        var reason = await StaffForm.OpenAsync(editor, why);
        Assert.Equal("SPD Manual 16.170, as amended", reason["source-title"]);
        var request = await reason.With("reason", "The chapter was amended.").AcceptedAsync();

        var page = await editor.DocumentAsync(request);
        Assert.Equal(
            [
                "Version 2, for Automatic License Plate Readers: from November 29, 2026: at most 21 days instead of 90 (patrol reads)",
                "Added version 2, “Automatic License Plate Readers” (in force from November 29, 2026; no end is set)",
                "Version 1, from February 1, 2019: recorded the first day on which it is no longer in force: November 29, 2026",
            ],
            page.QuerySelectorAll("section[aria-labelledby=what] .steps li").Select(sentence => sentence.TextContent)
        );
        Assert.Contains(
            $"/staff/edit/{Manual}/2/alpr?change={request.Split('/')[^1]}",
            page.QuerySelectorAll("section[aria-labelledby=what] a").Select(link => link.GetAttribute("href"))
        );
        var proposed = (await staffed.RequestAsync(request)).Proposal.Documents.Single().Document.Value<Instrument>();
        var recorded = (await Policies.Governance()).Table.Instruments.First(instrument => instrument.Id == Manual);
        Assert.Equal(
            recorded.Versions[0] with
            {
                Effective = recorded.Versions[0].Effective with { To = LawDate.Parse("2026-11-29") },
            },
            proposed.Versions[0],
            (one, other) =>
                PolicyDocument.For(recorded with { Versions = [one!] }) == PolicyDocument.For(recorded with { Versions = [other!] })
        );
    }

    [Fact]
    public async Task A_version_may_wait_for_a_condition_and_gets_its_day_later()
    {
        using var editor = await staffed.SignedInAsync(Role.Editor);
        var form = (await StaffForm.OpenAsync(editor, Amend))
            .With("condition", "The mayor ends the pause.")
            .With("retention-0-number", "21")
            .With("source-title", "The manual");
        Assert.Contains("Enter the first day, or what must happen before: not both.", await form.With("from", "2030").RefusedAsync());
        var request = (await form.With("from", "").AcceptedAsync())[..^"/why".Length];
        var page = await editor.DocumentAsync(request);
        Assert.Contains(
            "from the day on which this happens: “The mayor ends the pause.”: at most 21 days instead of 90",
            page.QuerySelector("section[aria-labelledby=what]")!.TextContent
        );
        Assert.Null(
            (await staffed.RequestAsync(request)).Proposal.Documents.Single().Document.Value<Instrument>().Versions[0].Effective.To
        );
        var met = await StaffForm.OpenAsync(editor, $"/staff/edit/{Manual}/2?change={request.Split('/')[^1]}");
        Assert.Equal("The mayor ends the pause.", met["condition"]);
        await met.With("from", "March 1, 2031").AcceptedAsync();
        var versions = (await staffed.RequestAsync(request)).Proposal.Documents.Single().Document.Value<Instrument>().Versions;
        Assert.Equal((LawDate.Parse("2031-03-01"), null), (versions[0].Effective.To, versions[1].Effective.Condition));
    }

    [Fact]
    public async Task A_text_in_force_before_it_was_passed_is_told_with_both_days()
    {
        using var editor = await staffed.SignedInAsync(Role.Editor);
        var form = (await StaffForm.OpenAsync(editor, Amend))
            .With("from", "May 1, 2027")
            .With("passed", "June 3, 2027")
            .With("source-title", "The manual");
        var page = await editor.DocumentAsync((await form.AcceptedAsync())[..^"/why".Length]);
        Assert.Equal(
            "Version 2 is in force from May 1, 2027, before it was passed on June 3, 2027. "
                + "Check both days, unless the text itself says that it reaches back.",
            page.QuerySelector("section[aria-labelledby=what] .correction")!.TextContent
        );
    }

    [Fact]
    public async Task A_second_version_from_one_day_is_refused_in_words()
    {
        using var editor = await staffed.SignedInAsync(Role.Editor);
        var form = (await StaffForm.OpenAsync(editor, Amend)).With("from", "February 2019").With("source-title", "The manual");
        Assert.Contains(
            "Version 1, “Automatic License Plate Readers”, is in force from February 1, 2019 already. Enter another first day; or cancel, "
                + "and change the terms of version 1 on the page of SPD Manual 16.170.",
            await form.RefusedAsync()
        );
    }

    [Fact]
    public async Task A_number_may_stand_with_its_unit_and_another_unit_is_refused()
    {
        using var editor = await staffed.SignedInAsync(Role.Editor);
        var form = (await StaffForm.OpenAsync(editor, Amend)).With("from", "November 29, 2026").With("source-title", "The manual");
        Assert.Contains(
            "“3 weeks” stands beside the unit “days”: choose “weeks”, or enter the number alone.",
            await form.With("retention-0-number", "3 weeks").RefusedAsync()
        );
        var months = await form.With("retention-0-number", "6 months").With("retention-0-unit", "months").AcceptedAsync();
        var changed = await editor.DocumentAsync(months[..^"/why".Length]);
        Assert.Contains("at most 6 months instead of at most 90 days", changed.QuerySelector("section[aria-labelledby=what]")!.TextContent);
        form = form.With("retention-0-unit", "days");
        var why = await form.With("retention-0-number", "21 days").AcceptedAsync();
        var page = await editor.DocumentAsync(why[..^"/why".Length]);
        Assert.Contains("at most 21 days instead of 90", page.QuerySelector("section[aria-labelledby=what]")!.TextContent);
    }

    [Fact]
    public async Task A_correction_says_that_the_past_changes_and_a_new_version_does_not()
    {
        using var editor = await staffed.SignedInAsync(Role.Editor);
        var correction = (await StaffForm.OpenAsync(editor, Correct)).With("retention-0-number", "45");
        var corrected = await editor.DocumentAsync((await correction.AcceptedAsync())[..^"/why".Length]);
        Assert.Equal(
            "This corrects version 1 for all of its time, from February 1, 2019 on: what the registry says of the past changes too.",
            corrected.QuerySelector("section[aria-labelledby=what] .correction")!.TextContent
        );
        var amendment = (await StaffForm.OpenAsync(editor, Amend))
            .With("from", "November 29, 2026")
            .With("retention-0-number", "45")
            .With("source-title", "The manual");
        var amended = await editor.DocumentAsync((await amendment.AcceptedAsync())[..^"/why".Length]);
        Assert.Null(amended.QuerySelector("section[aria-labelledby=what] .correction"));
    }

    [Fact]
    public async Task A_new_version_needs_its_first_day_and_a_date_that_means_one_day()
    {
        using var editor = await staffed.SignedInAsync(Role.Editor);
        var form = (await StaffForm.OpenAsync(editor, Amend)).With("source-title", "The manual");
        Assert.Contains("Enter the first day on which the new terms are in force.", await form.RefusedAsync());
        Assert.Contains(
            "“03/04/2027” can mean March 4, 2027 or April 3, 2027: write the month as a word.",
            await form.With("from", "03/04/2027").RefusedAsync()
        );
        Assert.Contains(
            "“ten” is no number of days: enter a whole number",
            await form.With("from", "March 4, 2027").With("retention-0-number", "ten").RefusedAsync()
        );
    }

    [Theory]
    [InlineData(Correct)]
    [InlineData("/staff/edit/" + Manual + "/1")]
    [InlineData("/staff/edit/laws-2026-ch-239/1/alpr")]
    [InlineData("/staff/edit/spd-manual-10.060/2/facility-camera")]
    [InlineData("/staff/edit/smc-14.18/1")]
    [InlineData("/staff/edit/rcw-46.63.220/1/automated-traffic-safety-camera")]
    public async Task A_form_that_is_submitted_as_it_was_opened_records_nothing(string address)
    {
        using var editor = await staffed.SignedInAsync(Role.Editor);
        var before = await DraftsAsync();
        var form = await StaffForm.OpenAsync(editor, address);
        Assert.Contains("You changed nothing, so nothing was recorded.", await form.RefusedAsync());
        Assert.Equal(before, await DraftsAsync());
    }

    [Fact]
    public async Task A_saved_title_leaves_every_other_value_of_the_version_as_it_was()
    {
        using var editor = await staffed.SignedInAsync(Role.Editor);
        var recorded = (await Policies.Governance()).Table.Instruments.First(instrument => instrument.Id == "ord-127110");
        // A bound of its own, as no form of an older version could show it.
        var period = new EffectivePeriod(null, LawDate.Parse("2024-11-10"), LawDate.Parse("2025"));
        var bounded = recorded with { Versions = [recorded.Versions[0] with { Effective = period }] };
        await staffed.RecordAsync(bounded);
        var form = await StaffForm.OpenAsync(editor, "/staff/edit/ord-127110/1");
        Assert.Equal("November 10, 2024", form["not-before"]);
        var request = await staffed.RequestAsync(await form.With("title", "Camera systems").AcceptedAsync());
        Assert.Equal(
            PolicyDocument.For(bounded with { Versions = [bounded.Versions[0] with { Title = "Camera systems" }] }),
            request.Proposal.Documents.Single().Document
        );
    }

    [Fact]
    public async Task A_form_that_was_opened_before_another_change_was_approved_keeps_both()
    {
        using var editor = await staffed.SignedInAsync(Role.Editor);
        var form = await StaffForm.OpenAsync(editor, "/staff/edit/rcw-10.122/1/interview-room-camera");
        var recorded = (await Policies.Governance()).Table.Instruments.First(instrument => instrument.Id == "rcw-10.122");
        await staffed.RecordAsync(recorded with { Authority = "The legislature" });
        var request = await staffed.RequestAsync(await form.With("sharing", "with counsel").AcceptedAsync());
        var proposed = request.Proposal.Documents.Single();
        Assert.Equal((2, "The legislature"), (proposed.Base, proposed.Document.Value<Instrument>().Authority));
        Assert.Equal("with counsel", proposed.Document.Value<Instrument>().Versions[0].Rules[0].Sharing);
    }

    private async Task<int> DraftsAsync() =>
        (await staffed.City.Part<IChangeRegister>().ListAsync(null, null, int.MaxValue, Cancellation)).Length;
}
