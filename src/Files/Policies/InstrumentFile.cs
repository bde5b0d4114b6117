using System.Collections.Immutable;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Policies.Law;
using SurveillanceRegistry.Domain.Policies.Rules;
using SurveillanceRegistry.Files.Yaml;

namespace SurveillanceRegistry.Files.Policies;

/// <summary>A file under <c>instruments/</c>: a text that governs, its versions over time, and what each says of each technology.</summary>
/// <param name="technologies">Ids of <c>technologies.yaml</c>; null when that could not be read.</param>
/// <param name="departments">Ids of <c>city.yaml</c>; null when that could not be read.</param>
/// <param name="instruments">The ids of all instruments.</param>
internal sealed class InstrumentFile(
    IReadOnlyCollection<string>? technologies,
    IReadOnlyCollection<string>? departments,
    IReadOnlyCollection<string> instruments
)
{
    private const int MaxDays = 36_500;

    private readonly FieldSchema<string> _another = FieldSchema.Known("another instrument under instruments/", instruments);

    private static readonly FieldSchema<Retention> Retention = FieldSchema.Keys(
        "how long recordings stay",
        keys =>
        {
            var retention = new Retention(
                keys.Required("bound", FieldSchema.Word<RetentionBound>()),
                keys.Node("days") is null ? null : keys.Required("days", FieldSchema.Number(0, MaxDays)),
                keys.Node("event") is null ? null : keys.Required("event", FieldSchema.Word<RetentionEvent>()),
                keys.Optional("data_class", FieldSchema.Text),
                keys.Optional("note", FieldSchema.Text)
            );
            if (keys.Node("days") is null == keys.Node("event") is null)
                keys.Report(keys.Node("days") is null ? "neither 'days' nor 'event'" : "both 'days' and 'event'", "one of the two");
            return retention;
        }
    );

    private static readonly FieldSchema<RequiredNotice> Notice = FieldSchema.Keys(
        "a duty to tell the public",
        keys => new RequiredNotice(
            keys.Required("duty", FieldSchema.Word<NoticeDuty>()),
            keys.Node("days") is null ? null : keys.Required("days", FieldSchema.Number(0, MaxDays))
        )
    );

    private static readonly FieldSchema<RecordsAccess> RecordsAccess = FieldSchema.Keys(
        "access to records",
        keys => new RecordsAccess(keys.Required("access", FieldSchema.Word<RecordsAccessKind>()), keys.Optional("text", FieldSchema.Text))
    );

    private static readonly FieldSchema<ImmutableArray<Capture>> Captures = FieldSchema.ListOf(FieldSchema.Word<Capture>());
    private static readonly FieldSchema<ImmutableArray<Retention>> Retentions = FieldSchema.ListOf(Retention);
    private static readonly FieldSchema<ImmutableArray<RequiredNotice>> Notices = FieldSchema.ListOf(Notice);
    private static readonly FieldSchema<ImmutableArray<string>> Texts = FieldSchema.ListOf(FieldSchema.Text);

    // Made once: a table has many rows.
    private readonly FieldSchema<string> _department = FieldSchema.Known("a department of city.yaml", departments);
    private readonly FieldSchema<ImmutableArray<string>> _departments = FieldSchema.ListOf(
        FieldSchema.Known("a department of city.yaml", departments)
    );

    public Instrument? Read(YamlFile file)
    {
        var name = Path.GetFileNameWithoutExtension(file.Name);
        var whole = FieldSchema.Keys(
            "an instrument",
            keys =>
            {
                var instrument = Instrument(keys, there => there.Required("versions", Versions(name)));
                if (instrument.Id is not null && instrument.Id != name)
                    keys.Report("id", YamlNode.Quote(instrument.Id), $"'{name}', as the file is named");
                return instrument;
            }
        );
        return file.Root is null ? null : whole.Read(file.Root, file);
    }

    /// <summary>What stands once in an instrument.</summary>
    /// <param name="versions">Reads its versions, where they stand among its keys.</param>
    public static Instrument Instrument(YamlKeys keys, Func<YamlKeys, ImmutableArray<InstrumentVersion>> versions)
    {
        var instrument = new Instrument(
            keys.Required("id", FieldSchema.InstrumentId),
            keys.Required("kind", FieldSchema.Word<InstrumentKind>()),
            keys.Required("citation", FieldSchema.Text),
            keys.Required("authority", FieldSchema.Text),
            versions(keys),
            keys.Optional("url", FieldSchema.WebAddress)
        );
        if (
            instrument is { Kind: InstrumentKind.ManualChapter or InstrumentKind.MunicipalCode, Citation: { } citation }
            && !Citation.FindIn(citation).Any()
        )
            keys.Report("citation", YamlNode.Quote(citation), "a citation such as SPD Manual 16.090 or SMC 14.18");
        return instrument;
    }

    private FieldSchema<ImmutableArray<InstrumentVersion>> Versions(string instrument)
    {
        var number = 0;
        var list = FieldSchema.ListOf(
            FieldSchema.Keys(
                "a version",
                keys => (Version: Version(keys, instrument, ++number, there => there.Required("governs", Rules())), Keys: keys)
            ),
            least: 1
        );
        return new(
            list.Expected,
            (node, file) =>
            {
                var problems = file.Problems.Count;
                var versions = list.Read(node, file);
                // Periods that could not be read have no order.
                if (file.Problems.Count == problems)
                    VersionOrder.Check(versions);
                return [.. versions.Select(version => version.Version)];
            },
            Nothing: []
        );
    }

    /// <summary>What stands once in a version.</summary>
    /// <param name="rules">Reads what it says of each technology, where that stands among its keys.</param>
    public InstrumentVersion Version(YamlKeys keys, string instrument, int number, Func<YamlKeys, ImmutableArray<Rule>> rules)
    {
        var passed = keys.Optional("passed", FieldSchema.Date);
        return new InstrumentVersion(
            number,
            keys.Required("title", FieldSchema.Text),
            keys.Required("effective", EffectivePeriodSchema.After(passed)),
            passed,
            keys.Optional("signed", FieldSchema.Date),
            keys.Optional("filed", FieldSchema.Date),
            keys.Optional("by", FieldSchema.Text),
            keys.Node("superseded_by") is null ? null : keys.Optional("superseded_by", Another(instrument)),
            keys.Required("source", SourceSchema.Source),
            rules(keys)
        );
    }

    private FieldSchema<string> Another(string instrument) =>
        FieldSchema.Scalar(
            _another.Expected,
            (string text, out string value) => (value = text) != instrument && instruments.Contains(text)
        );

    private FieldSchema<ImmutableArray<Rule>> Rules()
    {
        var id = FieldSchema.Known("a technology of technologies.yaml", technologies);
        var rules = FieldSchema.Keys(
            "what it says of each technology",
            keys =>
                (ImmutableArray<Rule>)[.. keys.Every().Select(entry => Rule(id.Read(entry.Key, keys.File)).Read(entry.Value, keys.File))]
        );
        return new(
            rules.Expected,
            (node, file) =>
            {
                if (node is YamlMap { Entries.IsEmpty: true })
                    file.Add(node, "nothing governed", "at least one technology");
                return rules.Read(node, file) is { IsDefault: false } read ? read : [];
            },
            Nothing: []
        );
    }

    /// <summary>What a version says of a technology.</summary>
    public FieldSchema<Rule> Rule(string technology) =>
        FieldSchema.Keys(
            "what may be captured, how long it stays, what the public is told",
            keys =>
            {
                var rule = new Rule(
                    technology,
                    keys.Required("capture", Captures),
                    keys.Optional("retention", Retentions, []),
                    keys.Optional("notice", Notices, []),
                    keys.Optional("records_access", RecordsAccess, new RecordsAccess(RecordsAccessKind.NotKnown)),
                    keys.Optional("departments", _departments, []),
                    keys.Optional("pauses", FieldSchema.Flag, false),
                    keys.Optional("note", FieldSchema.Text),
                    keys.Optional("purposes", Texts, []),
                    keys.Optional("prohibited_uses", Texts, []),
                    keys.Optional("sharing", FieldSchema.Text),
                    keys.Optional("owner", _department),
                    keys.Node("review_by") is null ? null : keys.Required("review_by", FieldSchema.Day)
                );
                keys.EachOnce("capture");
                if (rule.Pauses && !rule.Capture.IsEmpty)
                    keys.Report("capture", "captures beside 'pauses: true'", "an empty list: what pauses a technology allows nothing");
                return rule;
            }
        );
}
