using System.Collections.Immutable;
using SurveillanceRegistry.Domain.Changes.Descriptions;
using SurveillanceRegistry.Domain.Changes.Versions;
using SurveillanceRegistry.Domain.Policies.Documents;
using SurveillanceRegistry.Domain.Policies.Law;
using SurveillanceRegistry.Domain.Policies.Rules;

namespace SurveillanceRegistry.Domain.Tests.Changes.Descriptions;

/// <summary>A correction of the past must not read like an amendment.</summary>
public sealed class CorrectionDescriptionTests
{
    private static readonly DateOnly Today = new(2026, 11, 30);

    [Fact]
    public void A_version_whose_terms_differ_is_corrected_for_all_of_its_time()
    {
        var corrected = Recorded with { Versions = [Corrected(Recorded.Versions[0])] };
        Assert.Equal(
            ["This corrects version 1 for all of its time, from February 1, 2019 on: what the registry says of the past changes too."],
            Between(Recorded, corrected)
        );
        var undated = Recorded with { Versions = [Recorded.Versions[0] with { Effective = new EffectivePeriod(null) }] };
        Assert.Equal(
            ["This corrects version 1 for all of its time: what the registry says of the past changes too."],
            Between(undated, undated with { Versions = [Corrected(undated.Versions[0])] })
        );
    }

    [Fact]
    public void A_correction_is_told_with_the_number_that_the_version_gets()
    {
        var earlier = Recorded.Versions[0] with { Id = "earlier", Effective = new EffectivePeriod(LawDate.Parse("2016")) };
        var corrected = VersionChain.Add(Recorded with { Versions = [Corrected(Recorded.Versions[0])] }, earlier);
        Assert.StartsWith("This corrects version 2 ", Assert.Single(Between(Recorded, corrected)));
    }

    [Fact]
    public void A_new_version_and_notes_for_readers_correct_nothing()
    {
        var added = Corrected(Recorded.Versions[0]) with { Id = "new", Effective = new EffectivePeriod(LawDate.Parse("2027")) };
        var amended = VersionChain.Add(Recorded, added);
        Assert.Empty(Between(Recorded, amended));
        // A version that has not begun has no past.
        var later = amended with
        {
            Versions = [amended.Versions[0], amended.Versions[1] with { Rules = Recorded.Versions[0].Rules }],
        };
        Assert.Empty(Between(amended, later));
        var noted = Recorded.Versions[0] with { Rules = [ChangeDescriptionTests.Rule with { Note = "See page 3.", Owner = "police" }] };
        Assert.Empty(Between(Recorded, Recorded with { Versions = [noted] }));
        Assert.Empty(CorrectionDescription.Sentences(null, PolicyDocument.For(Recorded), Today));
    }

    [Fact]
    public void A_start_that_moves_into_the_past_is_a_correction()
    {
        var scheduled = In(Recorded, new EffectivePeriod(LawDate.Parse("2027-03-01")));
        Assert.Equal(
            ["This corrects version 1 for all of its time, from January 1, 2020 on: what the registry says of the past changes too."],
            Between(scheduled, In(Recorded, new EffectivePeriod(LawDate.Parse("2020-01-01"))))
        );
        Assert.Empty(Between(scheduled, In(Recorded, new EffectivePeriod(LawDate.Parse("2027-04-01")))));
        var waiting = In(Recorded, new EffectivePeriod(null) { Condition = "the mayor ends the pause" });
        Assert.Single(Between(waiting, In(Recorded, new EffectivePeriod(LawDate.Parse("2026-01-01")))));
    }

    [Fact]
    public void An_end_that_takes_past_years_from_a_text_is_a_correction()
    {
        var ended = In(Recorded, Recorded.Versions[0].Effective with { To = LawDate.Parse("2020-01-01") });
        string[] sentence = ["This corrects until when version 1 was in force: what the registry says of the past changes too."];
        Assert.Equal(sentence, Between(Recorded, ended));
        Assert.Equal(sentence, Between(ended, Recorded));
        Assert.Empty(Between(Recorded, In(Recorded, Recorded.Versions[0].Effective with { To = LawDate.Parse("2027-01-01") })));
    }

    [Fact]
    public void An_amendment_from_a_day_in_the_past_says_that_the_recorded_past_changes()
    {
        var added = Corrected(Recorded.Versions[0]) with { Id = "new", Effective = new EffectivePeriod(LawDate.Parse("2021-01-05")) };
        var amended = VersionChain.Add(Recorded, added);
        Assert.Equal(
            ["Version 2 begins in the past, from January 5, 2021 on: what the registry says of the time since then changes too."],
            Between(Recorded, amended)
        );
        // It records late what the law did: nothing was recorded wrongly.
        Assert.False(CorrectionDescription.IsCorrection(PolicyDocument.For(Recorded), PolicyDocument.For(amended), Today));
        Assert.Empty(
            Between(Recorded, VersionChain.Add(Recorded, added with { Effective = new EffectivePeriod(LawDate.Parse("2026-11-30")) }))
        );
        // Of years without a text the registry said nothing.
        Assert.Empty(Between(Recorded, VersionChain.Add(Recorded, added with { Effective = new EffectivePeriod(LawDate.Parse("2016")) })));
    }

    [Fact]
    public void A_condition_that_was_met_in_the_past_is_told_as_that_event()
    {
        var waiting = Corrected(Recorded.Versions[0]) with
        {
            Id = "waiting",
            Effective = new EffectivePeriod(null) { Condition = "the mayor ends the pause" },
        };
        var before = VersionChain.Add(Recorded, waiting);
        Instrument Met(string day) =>
            before with
            {
                Versions = VersionChain.Order([
                    before.Versions[0],
                    before.Versions[1] with
                    {
                        Effective = new EffectivePeriod(LawDate.Parse(day)),
                    },
                ]),
            };
        Assert.Equal(
            [
                "Version 2 is in force from March 1, 2025: what it waited for, “the mayor ends the pause”, has happened. "
                    + "What the registry says of the time since then changes too.",
            ],
            Between(before, Met("2025-03-01"))
        );
        Assert.False(CorrectionDescription.IsCorrection(PolicyDocument.For(before), PolicyDocument.For(Met("2025-03-01")), Today));
        Assert.Empty(Between(before, Met("2027-03-01")));
    }

    private static Instrument In(Instrument instrument, EffectivePeriod period) =>
        instrument with
        {
            Versions = [instrument.Versions[0] with { Effective = period }],
        };

    private static Instrument Recorded =>
        ChangeDescriptionTests.Manual with
        {
            Versions = [ChangeDescriptionTests.Manual.Versions[0] with { Id = "first" }],
        };

    private static InstrumentVersion Corrected(InstrumentVersion version) =>
        version with
        {
            Rules = [ChangeDescriptionTests.Rule with { Retention = [new Retention(RetentionBound.Limit, 45)] }],
        };

    private static ImmutableArray<string> Between(Instrument before, Instrument after) =>
        CorrectionDescription.Sentences(PolicyDocument.For(before), PolicyDocument.For(after), Today);
}
