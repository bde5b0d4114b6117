using System.Collections.Immutable;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Policies;
using SurveillanceRegistry.Files.Yaml;

namespace SurveillanceRegistry.Files;

/// <summary>A file under <c>instruments/</c>: a text that governs, its versions over time, and what each says of each technology.</summary>
/// <param name="technologies">Ids of <c>technologies.yaml</c>; null when that could not be read.</param>
/// <param name="departments">Ids of <c>city.yaml</c>; null when that could not be read.</param>
/// <param name="instruments">The ids of all instruments.</param>
internal sealed class InstrumentFile(IReadOnlyCollection<string>? technologies, IReadOnlyCollection<string>? departments, IReadOnlyCollection<string> instruments)
{
    private const int MostDays = 36_500;

    private readonly Form<string> _another = Form.Known("another instrument under instruments/", instruments);

    private static readonly Form<Retention> Retention = Form.Keys("how long recordings stay", keys =>
    {
        var retention = new Retention(
            keys.Required("bound", Form.Word<RetentionBound>()),
            keys.Node("days") is null ? null : keys.Required("days", Form.Number(0, MostDays)),
            keys.Node("event") is null ? null : keys.Required("event", Form.Word<RetentionEvent>()),
            keys.Optional("data_class", Form.Text),
            keys.Optional("note", Form.Text));
        if (keys.Node("days") is null == keys.Node("event") is null)
            keys.Report(keys.Node("days") is null ? "neither 'days' nor 'event'" : "both 'days' and 'event'", "one of the two");
        return retention;
    });

    private static readonly Form<RequiredNotice> Notice = Form.Keys("a duty to tell the public", keys => new RequiredNotice(
        keys.Required("duty", Form.Word<NoticeDuty>()),
        keys.Node("days") is null ? null : keys.Required("days", Form.Number(0, MostDays))));

    private static readonly Form<RecordsAccess> RecordsAccess = Form.Keys("access to records", keys => new RecordsAccess(
        keys.Required("access", Form.Word<Access>()), keys.Optional("text", Form.Text)));

    private static readonly Form<ImmutableArray<Capture>> Captures = Form.ListOf(Form.Word<Capture>());
    private static readonly Form<ImmutableArray<Retention>> Retentions = Form.ListOf(Retention);
    private static readonly Form<ImmutableArray<RequiredNotice>> Notices = Form.ListOf(Notice);
    private static readonly Form<ImmutableArray<string>> Texts = Form.ListOf(Form.Text);

    // Made once: a table has many rows.
    private readonly Form<string> _department = Form.Known("a department of city.yaml", departments);
    private readonly Form<ImmutableArray<string>> _departments = Form.ListOf(Form.Known("a department of city.yaml", departments));

    public Instrument? Read(YamlFile file)
    {
        var name = Path.GetFileNameWithoutExtension(file.Name);
        var whole = Form.Keys("an instrument", keys =>
        {
            var instrument = Instrument(keys, there => there.Required("versions", Versions(name)));
            if (instrument.Id is not null && instrument.Id != name)
                keys.Report("id", YamlNode.Quote(instrument.Id), $"'{name}', as the file is named");
            return instrument;
        });
        return file.Root is null ? null : whole.Read(file.Root, file);
    }

    /// <summary>What stands once in an instrument.</summary>
    /// <param name="versions">Reads its versions, where they stand among its keys.</param>
    public static Instrument Instrument(YamlKeys keys, Func<YamlKeys, ImmutableArray<InstrumentVersion>> versions)
    {
        var instrument = new Instrument(
            keys.Required("id", Form.InstrumentId),
            keys.Required("kind", Form.Word<InstrumentKind>()),
            keys.Required("citation", Form.Text),
            keys.Required("authority", Form.Text),
            versions(keys),
            keys.Optional("url", Form.WebAddress));
        if (instrument is { Kind: InstrumentKind.ManualChapter or InstrumentKind.MunicipalCode, Citation: { } citation } && !Citation.FindIn(citation).Any())
            keys.Report("citation", YamlNode.Quote(citation), "a citation such as SPD Manual 16.090 or SMC 14.18");
        return instrument;
    }

    private Form<ImmutableArray<InstrumentVersion>> Versions(string instrument)
    {
        var number = 0;
        var list = Form.ListOf(Form.Keys("a version", keys => (Version: Version(keys, instrument, ++number, there => there.Required("governs", Rules())), Keys: keys)), least: 1);
        return new(list.Expected, (node, file) =>
        {
            var problems = file.Problems.Count;
            var versions = list.Read(node, file);
            // Periods that could not be read have no order.
            if (file.Problems.Count == problems)
                VersionOrder.Check(versions);
            return [.. versions.Select(version => version.Version)];
        }, Nothing: []);
    }

    /// <summary>What stands once in a version.</summary>
    /// <param name="rules">Reads what it says of each technology, where that stands among its keys.</param>
    public InstrumentVersion Version(YamlKeys keys, string instrument, int number, Func<YamlKeys, ImmutableArray<Rule>> rules)
    {
        var passed = keys.Optional("passed", Form.Date);
        return new InstrumentVersion(
            number,
            keys.Required("title", Form.Text),
            keys.Required("effective", EffectiveForm.After(passed)),
            passed,
            keys.Optional("signed", Form.Date),
            keys.Optional("filed", Form.Date),
            keys.Optional("by", Form.Text),
            keys.Node("superseded_by") is null ? null : keys.Optional("superseded_by", Another(instrument)),
            keys.Required("source", SourceForm.Source),
            rules(keys));
    }

    private Form<string> Another(string instrument) =>
        Form.Scalar(_another.Expected, (string text, out string value) => (value = text) != instrument && instruments.Contains(text));

    private Form<ImmutableArray<Rule>> Rules()
    {
        var id = Form.Known("a technology of technologies.yaml", technologies);
        var rules = Form.Keys("what it says of each technology", keys =>
            (ImmutableArray<Rule>)[.. keys.Every().Select(entry => Rule(id.Read(entry.Key, keys.File)).Read(entry.Value, keys.File))]);
        return new(rules.Expected, (node, file) =>
        {
            if (node is YamlMap { Entries.IsEmpty: true })
                file.Add(node, "nothing governed", "at least one technology");
            return rules.Read(node, file) is { IsDefault: false } read ? read : [];
        }, Nothing: []);
    }

    /// <summary>What a version says of a technology.</summary>
    public Form<Rule> Rule(string technology) => Form.Keys("what may be captured, how long it stays, what the public is told", keys =>
    {
        var rule = new Rule(
            technology,
            keys.Required("capture", Captures),
            keys.Optional("retention", Retentions, []),
            keys.Optional("notice", Notices, []),
            keys.Optional("records_access", RecordsAccess, new RecordsAccess(Access.NotKnown)),
            keys.Optional("departments", _departments, []),
            keys.Optional("pauses", Form.Flag, false),
            keys.Optional("note", Form.Text),
            keys.Optional("purposes", Texts, []),
            keys.Optional("prohibited_uses", Texts, []),
            keys.Optional("sharing", Form.Text),
            keys.Optional("owner", _department),
            keys.Node("review_by") is null ? null : keys.Required("review_by", Form.Day));
        keys.EachOnce("capture");
        if (rule.Pauses && !rule.Capture.IsEmpty)
            keys.Report("capture", "captures beside 'pauses: true'", "an empty list: what pauses a technology allows nothing");
        return rule;
    });
}
