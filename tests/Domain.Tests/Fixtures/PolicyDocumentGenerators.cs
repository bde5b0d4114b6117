using System.Collections.Immutable;
using System.Text.Json.Nodes;
using CsCheck;
using SurveillanceRegistry.Domain.Notices;
using SurveillanceRegistry.Domain.Policies.Documents;
using SurveillanceRegistry.Domain.Policies.Law;
using SurveillanceRegistry.Domain.Policies.Rules;

namespace SurveillanceRegistry.Domain.Tests.Fixtures;

/// <summary>Generates random policy documents of every kind.</summary>
internal static class PolicyDocumentGenerators
{
    private static Gen<T> OneOf<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);

    private static Gen<ImmutableArray<T>> Some<T>(Gen<T> item) => item.Array[0, 3].Select(items => items.ToImmutableArray());

    private static readonly Gen<string> Words = OneOf(
        "patrol reads",
        "with {exceptions}",
        "stolen vehicles",
        "“quoted” & <odd>",
        "line\nbreak",
        new string('x', 700)
    );
    private static readonly Gen<string?> Perhaps = OneOf<string?>(null, "patrol reads", "police", "law-2", "https://x.example");
    private static readonly Gen<LawDate?> Date = Gen.Bool.Select(Generators.LawDate).Select((known, date) => known ? date : (LawDate?)null);

    private static readonly Gen<Source> Sources = Words
        .Select(Perhaps, OneOf(Enum.GetValues<Confidence>()))
        .Select((title, url, confidence) => new Source(title, url, Generators.Today, confidence));

    private static readonly Gen<Retention> Retentions =
        from bound in OneOf(Enum.GetValues<RetentionBound>())
        from days in Gen.Int[0, 3]
        from dataClass in Perhaps
        from note in Perhaps
        select new Retention(bound, days == 0 ? null : days, days == 0 ? RetentionEvent.EndOfShift : null, dataClass, note);

    private static readonly Gen<Rule> Rules =
        from technology in OneOf("alpr", "facility-camera", "periscope")
        from capture in Some(Generators.Capture)
        from retention in Some(Retentions)
        from notice in Some(
            OneOf(Enum.GetValues<NoticeDuty>())
                .Select(Gen.Int[0, 2])
                .Select((duty, days) => new RequiredNotice(duty, days == 0 ? null : days))
        )
        from access in OneOf(Enum.GetValues<RecordsAccessKind>()).Select(Perhaps).Select((access, text) => new RecordsAccess(access, text))
        from departments in Some(OneOf("police", "transportation", "zoo"))
        from pauses in Gen.Bool
        from texts in Perhaps.Array[4]
        from purposes in Some(Words)
        from day in Gen.Bool
        select new Rule(
            technology,
            capture,
            retention,
            notice,
            access,
            departments,
            pauses,
            texts[0],
            purposes,
            [.. purposes.Reverse()],
            texts[1],
            texts[2],
            day ? Generators.Today : null
        );

    private static readonly Gen<InstrumentVersion> Versions =
        from number in Gen.Int[1, 3]
        from title in Words
        from dates in Date.Array[8]
        from ended in Gen.Bool
        from made in Perhaps
        from superseded in Perhaps
        from source in Sources
        from rules in Some(Rules)
        select new InstrumentVersion(
            number,
            title,
            new EffectivePeriod(dates[0], dates[1], dates[2], dates[3], ended, dates[4]) { Condition = made },
            dates[5],
            dates[6],
            dates[7],
            made,
            superseded,
            source,
            rules
        );

    public static readonly Gen<PolicyDocument> Document = Gen.OneOf(
        OneOf(Enum.GetValues<InstrumentKind>())
            .Select(Words, Words, Some(Versions), Perhaps)
            .Select(
                (kind, citation, authority, versions, url) =>
                    PolicyDocument.For(new Instrument("manual-1", kind, citation, authority, versions, url))
            ),
        Words
            .Select(Perhaps, Sources, Gen.Int[0, 3])
            .Select(
                (name, purpose, source, some) =>
                    PolicyDocument.For(
                        new Technology(
                            "alpr",
                            name,
                            purpose,
                            some % 2 == 0 ? source : null,
                            some > 1 ? new StatementRow(name, source.Title, "law-2") : null
                        )
                        {
                            IsRetired = some == 3,
                        }
                    )
            ),
        Gen.Bool.Select(Gen.Dictionary(OneOf("what.line", "why.line", "x"), Words)[0, 3])
            .Select(
                (reviewed, texts) =>
                    PolicyDocument.For(new Wording("es", reviewed ? "ltr" : "rtl", reviewed, texts.ToImmutableSortedDictionary()))
            ),
        Words
            .Select(Some(OneOf("en", "es", "vi", "not a language")), Some(OneOf("police", "zoo")), Gen.Int[10, 12])
            .Select(
                (name, languages, departments, seconds) =>
                    PolicyDocument.For(
                        new City(
                            name,
                            seconds == 10,
                            "America/Los_Angeles",
                            languages,
                            [.. departments.Select(id => new Department(id, name, "555-0100"))],
                            new RecordsPortal(name, "https://r.example", "555", seconds, "Act"),
                            seconds
                        )
                    )
            ),
        Gen.Dictionary(OneOf("SMC", "RCW"), Some(OneOf("14.12", "14.18", "42.56")))[0, 2]
            .Select(chapters => PolicyDocument.For(new KnownChapters(chapters.ToImmutableSortedDictionary())))
    );

    /// <summary>A document, and the same document with one value replaced by JSON of any form.</summary>
    public static readonly Gen<(PolicyDocument, PolicyDocument)> WithOneOtherValue = Document
        .Select(Gen.Int[0, 10_000], OneOf("7", "\"seven\"", "true", "[1,{\"a\":2}]", "{\"deep\":{\"er\":[]}}", "null"))
        .Select(
            (document, at, value) =>
            {
                var root = JsonNode.Parse(document.Body)!;
                var setters = Setters(root).ToArray();
                setters[at % setters.Length](JsonNode.Parse(value));
                return (document, document with { Body = root.ToJsonString(Json.Options) });
            }
        );

    private static IEnumerable<Action<JsonNode?>> Setters(JsonNode? node) =>
        node switch
        {
            JsonObject members => members
                .Select(member => member.Key)
                .ToArray()
                .SelectMany(key => Setters(members[key]).Prepend(value => members[key] = value))
                .Append(value => members["laterMember"] = value),
            JsonArray items => Enumerable.Range(0, items.Count).SelectMany(i => Setters(items[i]).Prepend(value => items[i] = value)),
            _ => [],
        };
}
