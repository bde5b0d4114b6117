using SurveillanceRegistry.Domain.Changes.Versions;
using SurveillanceRegistry.Domain.Policies.Law;
using SurveillanceRegistry.Domain.Policies.Rules;

namespace SurveillanceRegistry.Domain.Tests.Changes.Versions;

/// <summary>A new version takes its place in time, and the past stays as it was recorded.</summary>
public sealed class VersionChainTests
{
    [Fact]
    public void A_new_version_ends_the_one_before_and_changes_none_of_its_terms() =>
        Assert.Equal(
            ["1 Text of 2018 2018-02-01..2026-11-29 90", "2 Text of 2026 2026-11-29.. 21"],
            AmendedInstrument.Lines(
                VersionChain.Add(AmendedInstrument.Ordinance, AmendedInstrument.Version(0, "Text of 2026", "2026-11-29", 21))
            )
        );

    [Fact]
    public void A_version_between_two_others_ends_where_the_later_one_begins()
    {
        var two = VersionChain.Add(AmendedInstrument.Ordinance, AmendedInstrument.Version(0, "B", "2027-06-01", 60));
        Assert.Equal(
            ["1 Text of 2018 2018-02-01..2027-01 90", "2 A 2027-01..2027-06-01 30", "3 B 2027-06-01.. 60"],
            AmendedInstrument.Lines(VersionChain.Add(two, AmendedInstrument.Version(0, "A", "2027-01", 30)))
        );
    }

    [Fact]
    public void A_version_that_ended_on_an_unknown_day_keeps_its_end()
    {
        var ended = new EffectivePeriod(LawDate.Parse("2018-02-01"), Ended: true, EndKnownBy: LawDate.Parse("2020"));
        var instrument = AmendedInstrument.With(AmendedInstrument.Ordinance.Versions[0] with { Effective = ended });
        var added = VersionChain.Add(instrument, AmendedInstrument.Version(0, "Text of 2026", "2026-11-29", 21));
        Assert.Equal(ended, added.Versions[0].Effective);
    }

    [Fact]
    public void A_text_that_has_ended_stays_ended_when_a_version_is_put_into_it()
    {
        var ended = AmendedInstrument.With(AmendedInstrument.Version(1, "Text of 2018", "2018-01-01", 90, "2022-01-01"));
        var added = AmendedInstrument.Version(0, "Text of 2021", "2021-01-01", 21);
        string[] cut = ["1 Text of 2018 2018-01-01..2021-01-01 90", "2 Text of 2021 2021-01-01..2022-01-01 21"];
        Assert.Equal(cut, AmendedInstrument.Lines(VersionChain.Add(ended, added)));
        // The years without a text stay without one.
        var later = AmendedInstrument.With([.. ended.Versions, AmendedInstrument.Version(2, "Text of 2024", "2024-01-01", 30)]);
        Assert.Equal([.. cut, "3 Text of 2024 2024-01-01.. 30"], AmendedInstrument.Lines(VersionChain.Add(later, added)));
        var named = added with { Effective = added.Effective with { To = LawDate.Parse("2023-01-01") } };
        Assert.Equal("2 Text of 2021 2021-01-01..2023-01-01 21", AmendedInstrument.Lines(VersionChain.Add(later, named))[1]);
    }

    [Theory]
    [InlineData("2017", "Text of 2018", 1)]
    [InlineData("2020-01-01", "Text of 2018", 2)]
    [InlineData("2024-01-01", "Text of 2018", 2)]
    [InlineData("2025", "Text of 2024", 1)]
    [InlineData(null, "Text of 2024", 1)]
    public void The_terms_before_a_day_are_those_of_the_text_in_force_then(string? day, string title, int rules)
    {
        var first = AmendedInstrument.Version(1, "Text of 2018", "2018-01-01", 60, "2024-01-01");
        var camera = first.Rules[0] with { Technology = "facility-camera" };
        var waiting = AmendedInstrument.Version(4, "Text that waits", "2030", 1);
        InstrumentVersion[] versions =
        [
            first with
            {
                Rules = [.. first.Rules, camera],
            },
            AmendedInstrument.Version(2, "Text of 2019", "2019-01-01", 0) with
            {
                Rules = [camera with { Technology = "drone" }],
            },
            AmendedInstrument.Version(3, "Text of 2024", "2024-01-01", 30),
            waiting with
            {
                Effective = new EffectivePeriod(null) { Condition = "the mayor ends the pause" },
            },
        ];
        var terms = VersionChain.TermsBefore(versions, "alpr", day is null ? null : LawDate.Parse(day))!;
        Assert.Equal((title, day == "2017" ? 2 : rules), (terms.Title, terms.Rules.Length));
        // What a newer text left out goes on in the older one, without what the newer text says.
        Assert.Equal("facility-camera", Assert.Single(VersionChain.TermsBefore(versions, "facility-camera", null)!.Rules).Technology);
    }

    [Fact]
    public void A_scheduled_version_takes_over_what_an_earlier_one_changes()
    {
        var scheduled = VersionChain.Add(AmendedInstrument.Ordinance, AmendedInstrument.Version(0, "B", "2027-06-01", 90).Access());
        var added = AmendedInstrument.Version(0, "A", "2027-01-01", 45);
        var after = VersionChain.Add(scheduled, added, new DateOnly(2026, 11, 30)).Versions[2];
        Assert.Equal((45, RecordsAccessKind.Exempt), (after.Rules[0].Retention[0].Days, after.Rules[0].RecordsAccess.Access));
        // A version that has begun says for itself what it says.
        Assert.Equal(90, VersionChain.Add(scheduled, added, new DateOnly(2027, 7, 1)).Versions[2].Rules[0].Retention[0].Days);
        var other = VersionChain.Add(AmendedInstrument.Ordinance, AmendedInstrument.Version(0, "B", "2027-06-01", 60));
        Assert.Equal(60, VersionChain.Add(other, added, new DateOnly(2026, 11, 30)).Versions[2].Rules[0].Retention[0].Days);
    }
}
