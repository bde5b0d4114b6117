using System.Collections.Immutable;
using SurveillanceRegistry.Domain.Policies.Documents;
using SurveillanceRegistry.Domain.Policies.Law;
using SurveillanceRegistry.Domain.Policies.Rules;
using SurveillanceRegistry.Files.Yaml;

namespace SurveillanceRegistry.Files.Policies.Instruments;

/// <summary>A file under <c>instruments/</c>: a text that governs, its versions over time, and the rules of each version.</summary>
/// <param name="technologies">The ids of <c>technologies.yaml</c>; null when that file could not be read.</param>
/// <param name="departments">The ids of <c>city.yaml</c>; null when that file could not be read.</param>
/// <param name="instruments">The ids of all instruments.</param>
internal sealed class InstrumentFile(
    IReadOnlyCollection<string>? technologies,
    IReadOnlyCollection<string>? departments,
    IReadOnlyCollection<string> instruments
)
{
    private readonly FieldSchema<string> _otherInstrument = FieldSchema.Known("another instrument under instruments/", instruments);
    private readonly RuleSchemas _rules = new(technologies, departments);
    private readonly Dictionary<string, int> _revisions = new(StringComparer.Ordinal);

    /// <summary>The revision that the file of an instrument says it was drawn from; null when it names none.</summary>
    public int? RevisionOf(string instrument) => _revisions.TryGetValue(instrument, out var number) ? number : null;

    /// <summary>
    /// Reports a revision that the registry does not have. The file of a new instrument may be a copy of another one, with its revision.
    /// </summary>
    public void CheckRevision(Instrument instrument, YamlFile file, GovernanceHistory history)
    {
        if (
            RevisionOf(instrument.Id) is { } number
            && history.LatestOf(DocumentKind.Instrument, instrument.Id) is { } latest
            && number > latest.Number
        )
            file.Report(
                (file.Root as YamlMap)?["revision"] ?? file.Root!,
                $"revision {number}",
                $"a revision of {instrument.Id}: 1 to {latest.Number}"
            );
    }

    public Instrument? Read(YamlFile file)
    {
        var name = Path.GetFileNameWithoutExtension(file.Name);
        var schema = FieldSchema.Map(
            "an instrument",
            keys =>
            {
                var instrument = ReadInstrument(keys, current => current.Required("versions", Versions(name)));
                if (keys.OptionalValue("revision", RevisionKey.Number) is { } revision)
                    _revisions[name] = revision;
                if (instrument.Id is not null && instrument.Id != name)
                    keys.Report("id", YamlNode.Quote(instrument.Id), $"'{name}', as the file is named");
                return instrument;
            }
        );
        return file.Root is { } root ? schema.Read(root, file) : null;
    }

    /// <summary>Reads the keys of an instrument.</summary>
    /// <param name="readVersions">Reads the versions; called between the other keys, because problems list the keys in this order.</param>
    public static Instrument ReadInstrument(YamlKeys keys, Func<YamlKeys, ImmutableArray<InstrumentVersion>> readVersions)
    {
        var instrument = new Instrument(
            keys.Required("id", FieldSchema.InstrumentId),
            keys.Required("kind", FieldSchema.OneOf<InstrumentKind>()),
            keys.Required("citation", FieldSchema.Text),
            keys.Required("authority", FieldSchema.Text),
            readVersions(keys),
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
        var version = FieldSchema.Map(
            "a version",
            keys => (Version: ReadVersion(keys, instrument, ++number, current => current.Required("governs", _rules.Rules)), Keys: keys)
        );
        var list = FieldSchema.ListOf(version, minItems: 1);
        return new(list.Expected, Read, Placeholder: []);

        ImmutableArray<InstrumentVersion> Read(YamlNode node, YamlFile file)
        {
            var problems = file.Problems.Count;
            var versions = list.Read(node, file);
            // Unreadable periods cannot be ordered.
            if (file.Problems.Count == problems)
                VersionOrder.Check(versions);
            return [.. versions.Select(item => item.Version)];
        }
    }

    /// <summary>Reads the keys of a version.</summary>
    /// <param name="readRules">Reads the rules; called between the other keys, because problems list the keys in this order.</param>
    public InstrumentVersion ReadVersion(YamlKeys keys, string instrument, int number, Func<YamlKeys, ImmutableArray<Rule>> readRules)
    {
        var passed = keys.OptionalValue("passed", FieldSchema.Date);
        var id = keys.Optional("id", FieldSchema.Id) ?? "";
        return new InstrumentVersion(
            number,
            keys.Required("title", FieldSchema.Text),
            keys.Required("effective", EffectivePeriodSchema.ForTextPassed(passed)),
            passed,
            keys.OptionalValue("signed", FieldSchema.Date),
            keys.OptionalValue("filed", FieldSchema.Date),
            keys.Optional("by", FieldSchema.Text),
            keys.Optional("superseded_by", InstrumentOtherThan(instrument)),
            keys.Required("source", SourceSchema.Source),
            readRules(keys)
        )
        {
            Id = id,
        };
    }

    /// <summary>The form of one rule.</summary>
    public FieldSchema<Rule> RuleOf(string technology) => _rules.RuleOf(technology);

    private FieldSchema<string> InstrumentOtherThan(string instrument) =>
        FieldSchema.Scalar(
            _otherInstrument.Expected,
            (string text, out string value) => (value = text) != instrument && instruments.Contains(text)
        );
}
