using CsCheck;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Policies.Documents;
using SurveillanceRegistry.Domain.Policies.Law;
using SurveillanceRegistry.Domain.Policies.Rules;

namespace SurveillanceRegistry.Files.Tests.Fixtures;

/// <summary>Any governance that the registry would take, with texts that try to be something else.</summary>
internal static class GovernanceGenerator
{
    private static readonly GovernanceSnapshot Real = SampleCity.Opening.Governance;

    private static readonly string[] Hostile =
    [
        "null",
        "~",
        "true",
        "No",
        "off",
        "1e3",
        "0x1F",
        "12:30:45",
        "2019-02-01",
        "1979",
        ".inf",
        "-1",
        "- a list",
        "? a key",
        ": value",
        "a: b",
        "a #comment",
        "# all",
        "#",
        "&anchor",
        "*alias",
        "!tag",
        "| block",
        "> folded",
        "'single'",
        "it's",
        "\"double\"",
        "\"",
        "'",
        "''",
        "back\\slash",
        "\\",
        "\\n",
        "{flow}",
        "[list]",
        "a, b",
        "%directive",
        "@at",
        "`tick",
        "---",
        "...",
        "--- #",
        "<<",
        "=",
        "trailing:",
        "key:value",
        " leading",
        "trailing ",
        "  both  ",
        "two  blanks",
        "=1+1",
        "=HYPERLINK(\"https://evil.example\")",
        "+cmd|' /C calc'!A0",
        "-2+3",
        "@SUM(1)",
        "'=quoted",
        "''=twice",
        "'tis",
        "a|b",
        "| a | b |",
        "a \\| b",
        "ñandú",
        "Ünïcödé",
        "日本語",
        "עברית",
        "\u202Eback to front",
        "e\u0301",
        "🎥 camera",
        "\U0010FFFD",
        "\u00A0no break\u00A0",
        "\u2028",
        "line\u2028separator",
        "para\u2029graph",
        "\uFEFFmark",
        "a\uFEFFb",
        "\u200B",
        "\u00AD",
        "<",
        "a < b",
        "a,b;c\"d\"",
        "%s%n",
        "{{x}}",
        "${x}",
        new string('x', 600),
        string.Concat(Enumerable.Repeat("word ", 119)) + "end",
    ];

    public static readonly Gen<string> Text = Gen.OneOf(
        Gen.Int[0, Hostile.Length - 1].Select(at => Hostile[at]).Where(IsText),
        Gen.String[Gen.Char[" '\"\\|:#,[]{}&*!?-=+@%`~<>ab01é日"], 1, 20].Where(IsText),
        Gen.String[Gen.OneOf(Gen.Char['\u00A0', '\u2100'], Gen.Char['\uFE00', '\uFFFC']), 1, 8].Where(IsText)
    );

    private static readonly Gen<LawDate> LawDate =
        from day in Gen.Int[0, 100_000].Select(days => new DateOnly(1900, 1, 1).AddDays(days))
        from precision in Gen.Int[0, 2]
        select Domain.Policies.Law.LawDate.Parse(
            day.ToString(
                precision switch
                {
                    0 => "yyyy",
                    1 => "yyyy-MM",
                    _ => "yyyy-MM-dd",
                },
                System.Globalization.CultureInfo.InvariantCulture
            )
        );

    private static readonly Gen<DateOnly> Day = Gen.Int[0, 100_000].Select(days => new DateOnly(1900, 1, 1).AddDays(days));

    private static readonly Gen<Source> Source =
        from title in Text
        from url in Maybe(One("https://a.example/", "https://a.example/?q=1&x='=1'#top", "https://a.example/a,b:c"))
        from read in Day
        from confidence in One(Enum.GetValues<Confidence>())
        select new Source(title, url, read, confidence);

    private static readonly Gen<Retention> Retention =
        from bound in One(Enum.GetValues<RetentionBound>())
        from days in Gen.Int[0, 36_500]
        from ends in Maybe(One(Enum.GetValues<RetentionEvent>()).Select(ends => (RetentionEvent?)ends))
        from data in Maybe(Text)
        from note in Maybe(Text)
        select new Retention(bound, ends is null ? days : null, ends, data, note);

    private static readonly Gen<RequiredNotice> Notice =
        from duty in One(Enum.GetValues<NoticeDuty>())
        from days in Gen.Int[-36_500, 36_500]
        select new RequiredNotice(duty, days < 0 ? null : days);

    private static readonly string[] Departments = [.. Real.City.Departments.Select(department => department.Id)];

    private static readonly Gen<Rule> Rule =
        from pauses in Gen.Bool
        from capture in One(Enum.GetValues<Capture>()).Array[0, 4]
        from retention in Retention.Array[0, 3]
        from notice in Notice.Array[0, 2]
        from access in One(Enum.GetValues<RecordsAccessKind>())
        from texts in Maybe(Text).Array[3]
        from departments in One(Departments).Array[0, 2]
        from purposes in Text.Array[0, 3]
        from forbidden in Text.Array[0, 2]
        from owner in Maybe(One(Departments))
        from review in Day
        select new Rule(
            "",
            pauses ? [] : [.. capture.Distinct()],
            [.. retention],
            [.. notice],
            new RecordsAccess(access, texts[0]),
            [.. departments.Distinct()],
            pauses,
            texts[1],
            [.. purposes],
            [.. forbidden],
            texts[2],
            owner,
            review.Day % 2 == 0 ? review : null
        );

    /// <summary>A version that holds in one year, so that versions follow each other, with whatever is known of it.</summary>
    private static Gen<InstrumentVersion> Version(int number, string[] technologies) =>
        from title in Text
        from how in Gen.Int[0, 5]
        from dates in Maybe(LawDate.Select(date => (LawDate?)date)).Array[3]
        from made in Maybe(Text)
        from source in Source
        from rules in Rule.Array[1, technologies.Length]
        let year = Domain.Policies.Law.LawDate.Parse($"{1900 + 10 * number}")
        let later = Domain.Policies.Law.LawDate.Parse($"{1905 + 10 * number}-07-01")
        let effective = how switch
        {
            0 => new EffectivePeriod(year, To: later),
            1 => new EffectivePeriod(
                null,
                FromNotBefore: year,
                FromKnownBy: Domain.Policies.Law.LawDate.Parse($"{1902 + 10 * number}-03"),
                To: later
            ),
            2 => new EffectivePeriod(year, Ended: true, EndKnownBy: later),
            3 => new EffectivePeriod(Domain.Policies.Law.LawDate.Parse($"{1903 + 10 * number}-11-09"), To: later),
            4 => new EffectivePeriod(null, FromNotBefore: year, Ended: true, EndKnownBy: later),
            _ => new EffectivePeriod(year, To: Domain.Policies.Law.LawDate.Parse($"{1904 + 10 * number}")),
        }
        select new InstrumentVersion(
            number,
            title,
            effective,
            how == 4 ? year : dates[0],
            dates[1],
            dates[2],
            made,
            null,
            source,
            [.. rules.Select((rule, i) => rule with { Technology = technologies[i] })]
        );

    private static Gen<Instrument> Instrument(int at, string[] technologies) =>
        from kind in One(InstrumentKind.Ordinance, InstrumentKind.StateLaw, InstrumentKind.ExecutiveOrder, InstrumentKind.CityStatement)
        from words in Text.Array[2]
        from url in Maybe(One("https://a.example/law"))
        from count in Gen.Int[1, 4]
        from first in Version(1, technologies)
        from second in Version(2, technologies)
        from third in Version(3, technologies)
        from last in Version(4, technologies)
        select new Instrument(
            at == 0 ? "null"
                : at == 1 ? "1e3"
                : $"any-{at}.0",
            kind,
            words[0],
            words[1],
            [.. new[] { first, second, third, last }.Take(count)],
            url
        );

    private static readonly string[] Technologies = ["true", "2019", "null", "alpr"];

    /// <summary>Instruments, technologies and wordings of any kind in the real city.</summary>
    public static readonly Gen<GovernanceSnapshot> Governance =
        from first in Instrument(0, Technologies)
        from second in Instrument(1, Technologies)
        from third in Instrument(2, Technologies)
        from names in Text.Array[Technologies.Length]
        from purposes in Maybe(Text).Array[Technologies.Length]
        from read in Source
        from subject in Text.Array[3]
        from words in Text.Where(text =>
            !text.Contains('{', StringComparison.Ordinal) && !text.Contains('}', StringComparison.Ordinal)
        ).Array[3]
        let city = Real.City with
        {
            Name = subject[0],
            OutOfScope = [new OutOfScope(subject[1], subject[2], read)],
            Records = Real.City.Records with { Law = subject[1], Phone = subject[2] },
        }
        select new GovernanceSnapshot(
            city,
            new GovernanceTable(
                [.. Technologies.Select((id, i) => new Technology(id, names[i], purposes[i], purposes[i] is null ? null : read, null))],
                [.. new[] { first, second, third }.OrderBy(one => one.Id, StringComparer.Ordinal)]
            ),
            [
                .. Real.Wordings.Select(wording =>
                    wording with
                    {
                        Texts = wording
                            .Texts.RemoveRange(
                                wording.Texts.Keys.Where(key =>
                                    key.StartsWith("technology.", StringComparison.Ordinal)
                                    || key.StartsWith("purpose.", StringComparison.Ordinal)
                                )
                            )
                            .SetItem("not-stated", words[0])
                            .SetItem("list.separator", " ")
                            .SetItem("list.last", "")
                            .SetItem("class." + words[1], words[2])
                            .SetItem("technology.null", words[1]),
                    }
                ),
            ],
            Real.Chapters
        );

    /// <summary>So many instruments, each with four versions that speak of five technologies.</summary>
    public static GovernanceSnapshot Large(int instruments) =>
        Real with
        {
            Table = new GovernanceTable(
                Real.Table.Technologies,
                [
                    .. Enumerable
                        .Range(0, instruments)
                        .Select(at => new Instrument(
                            $"ordinance-{at:0000}",
                            InstrumentKind.Ordinance,
                            $"Ordinance {120_000 + at}",
                            "City Council",
                            [
                                .. Enumerable
                                    .Range(1, 4)
                                    .Select(number => new InstrumentVersion(
                                        number,
                                        $"On technology, title {number}",
                                        new EffectivePeriod(Year(1990 + number), To: Year(1991 + number)),
                                        null,
                                        null,
                                        null,
                                        $"Ordinance {number + 110_000}",
                                        null,
                                        new Source(
                                            "Read in the clerk's files",
                                            "https://clerk.example/" + at,
                                            new DateOnly(2026, 11, 23),
                                            Confidence.Sourced
                                        ),
                                        [
                                            .. Real
                                                .Table.Technologies.Take(5)
                                                .Select(technology => new Rule(
                                                    technology.Id,
                                                    [Capture.Video, Capture.Audio],
                                                    [new Retention(RetentionBound.Limit, 30, null, "patrol reads", "with exceptions")],
                                                    [new RequiredNotice(NoticeDuty.PostedSign)],
                                                    new RecordsAccess(RecordsAccessKind.Conditions, "On request, as the law says."),
                                                    ["police"],
                                                    Note: "A sentence for readers of the table.",
                                                    Purposes: ["public safety purposes"],
                                                    Owner: "police"
                                                )),
                                        ]
                                    )),
                            ]
                        )),
                ]
            ),
        };

    private static LawDate Year(int year) => Domain.Policies.Law.LawDate.On(year, 1, 1);

    private static bool IsText(string text) =>
        !string.IsNullOrWhiteSpace(text)
        && !text.Any(char.IsControl)
        && text.EnumerateRunes().All(rune => rune != System.Text.Rune.ReplacementChar)
        && !System.Text.RegularExpressions.Regex.IsMatch(text, "<[A-Za-z/!?]")
        && !Citation.FindIn(text, Real.Chapters).Any();

    private static Gen<T> One<T>(params T[] of) => Gen.Int[0, of.Length - 1].Select(i => of[i]);

    private static Gen<T?> Maybe<T>(Gen<T> some) => Gen.Select(Gen.Bool, some, (there, value) => there ? value : default(T?));
}
