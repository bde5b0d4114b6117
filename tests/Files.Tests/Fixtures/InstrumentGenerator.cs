using System.Globalization;
using CsCheck;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Policies.Law;
using SurveillanceRegistry.Domain.Policies.Rules;
using static SurveillanceRegistry.Files.Tests.Fixtures.Choices;

namespace SurveillanceRegistry.Files.Tests.Fixtures;

/// <summary>Generates instruments that the registry accepts.</summary>
internal static class InstrumentGenerator
{
    /// <summary>An instrument with one to four versions.</summary>
    /// <param name="id">May look like another YAML value.</param>
    public static Gen<Instrument> Instrument(string id, string[] technologies) =>
        from kind in OneOf(InstrumentKind.Ordinance, InstrumentKind.StateLaw, InstrumentKind.ExecutiveOrder, InstrumentKind.CityStatement)
        from texts in TextGenerator.Text.Array[2]
        from url in Maybe(OneOf("https://a.example/law"))
        from count in Gen.Int[1, 4]
        from first in Version(1, technologies)
        from second in Version(2, technologies)
        from third in Version(3, technologies)
        from fourth in Version(4, technologies)
        from condition in Maybe(TextGenerator.Text)
        let versions = new[] { first, second, third, fourth }.Take(count).ToArray()
        select new Instrument(id, kind, texts[0], texts[1], [.. versions[..^1], Waiting(versions[^1], condition)], url);

    /// <summary>A version that waits for a condition, after all others; the version itself without one.</summary>
    private static InstrumentVersion Waiting(InstrumentVersion version, string? condition) =>
        condition is null
            ? version
            : version with
            {
                Effective = new EffectivePeriod(null, FromNotBefore: version.Passed) { Condition = condition },
            };

    private static readonly Gen<LawDate> AnyDate =
        from day in Gen.Int[0, 100_000].Select(days => new DateOnly(1900, 1, 1).AddDays(days))
        from precision in Gen.Int[0, 2]
        select LawDate.Parse(
            day.ToString(
                precision switch
                {
                    0 => "yyyy",
                    1 => "yyyy-MM",
                    _ => "yyyy-MM-dd",
                },
                CultureInfo.InvariantCulture
            )
        );

    private static readonly Gen<DateOnly> Day = Gen.Int[0, 100_000].Select(days => new DateOnly(1900, 1, 1).AddDays(days));

    public static readonly Gen<Source> Source =
        from title in TextGenerator.Text
        from url in Maybe(OneOf("https://a.example/", "https://a.example/?q=1&x='=1'#top", "https://a.example/a,b:c"))
        from read in Day
        from confidence in OneOf(Enum.GetValues<Confidence>())
        select new Source(title, url, read, confidence);

    private static readonly Gen<Retention> Retention =
        from bound in OneOf(Enum.GetValues<RetentionBound>())
        from days in Gen.Int[0, 36_500]
        from ends in Maybe(OneOf(Enum.GetValues<RetentionEvent>()).Select(ends => (RetentionEvent?)ends))
        from data in Maybe(TextGenerator.Text)
        from note in Maybe(TextGenerator.Text)
        from unit in Gen.Int[0, 3]
        let isDays = ends is null && unit > 1
        select new Retention(bound, isDays ? days : null, ends, data, note)
        {
            Months = ends is null && unit == 0 ? 1 + days % 1200 : null,
            Years = ends is null && unit == 1 ? 1 + days % 100 : null,
        };

    private static readonly Gen<RequiredNotice> Notice =
        from duty in OneOf(Enum.GetValues<NoticeDuty>())
        from days in Gen.Int[-36_500, 36_500]
        select new RequiredNotice(duty, days < 0 ? null : days);

    private static readonly string[] Departments = [.. SampleCity.Opening.Governance.City.Departments.Select(department => department.Id)];

    private static readonly Gen<Rule> Rule =
        from pauses in Gen.Bool
        from capture in OneOf(Enum.GetValues<Capture>()).Array[0, 4]
        from retention in Retention.Array[0, 3]
        from notice in Notice.Array[0, 2]
        from access in OneOf(Enum.GetValues<RecordsAccessKind>())
        from texts in Maybe(TextGenerator.Text).Array[3]
        from departments in OneOf(Departments).Array[0, 2]
        from purposes in TextGenerator.Text.Array[0, 3]
        from prohibited in TextGenerator.Text.Array[0, 2]
        from owner in Maybe(OneOf(Departments))
        from review in Day
        select new Rule(
            "",
            pauses ? [] : [.. capture.Distinct()],
            // Two periods of one class and note could contradict each other.
            [.. retention.DistinctBy(one => (one.DataClass?.ToUpperInvariant(), one.Note?.ToUpperInvariant()))],
            [.. notice],
            new RecordsAccess(access, texts[0]),
            [.. departments.Distinct()],
            pauses,
            texts[1],
            [.. purposes],
            [.. prohibited],
            texts[2],
            owner,
            review.Day % 2 == 0 ? review : null
        );

    /// <summary>A version that holds within its own ten years, so that versions follow each other; each date may be unknown.</summary>
    private static Gen<InstrumentVersion> Version(int number, string[] technologies) =>
        from title in TextGenerator.Text
        from form in Gen.Int[0, 5]
        from dates in Maybe(AnyDate.Select(date => (LawDate?)date)).Array[3]
        from adoptedBy in Maybe(TextGenerator.Text)
        from source in Source
        from rules in Rule.Array[1, technologies.Length]
        let year = LawDate.Parse($"{1900 + 10 * number}")
        let later = LawDate.Parse($"{1905 + 10 * number}-07-01")
        let effective = form switch
        {
            0 => new EffectivePeriod(year, To: later),
            1 => new EffectivePeriod(null, FromNotBefore: year, FromKnownBy: LawDate.Parse($"{1902 + 10 * number}-03"), To: later),
            2 => new EffectivePeriod(year, Ended: true, EndKnownBy: later),
            3 => new EffectivePeriod(LawDate.Parse($"{1903 + 10 * number}-11-09"), To: later),
            4 => new EffectivePeriod(null, FromNotBefore: year, Ended: true, EndKnownBy: later),
            _ => new EffectivePeriod(year, To: LawDate.Parse($"{1904 + 10 * number}")),
        }
        select new InstrumentVersion(
            number,
            title,
            effective,
            form == 4 ? year : dates[0],
            NotBefore(form == 4 ? year : dates[0], dates[1]),
            NotBefore(form == 4 ? year : dates[0], dates[2]),
            adoptedBy,
            null,
            source,
            [.. rules.Select((rule, i) => rule with { Technology = technologies[i] })]
        );

    /// <summary>A text is signed and filed when it was passed, or later.</summary>
    private static LawDate? NotBefore(LawDate? passed, LawDate? act) => act?.Latest < passed?.Earliest ? passed : act;
}
