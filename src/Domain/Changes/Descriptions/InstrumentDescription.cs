using System.Globalization;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Policies.Documents;
using SurveillanceRegistry.Domain.Policies.Law;
using SurveillanceRegistry.Domain.Policies.Rules;
using static SurveillanceRegistry.Domain.Changes.Descriptions.DescriptionPhrases;

namespace SurveillanceRegistry.Domain.Changes.Descriptions;

/// <summary>Describes differences between two revisions of an instrument.</summary>
internal static class InstrumentDescription
{
    /// <summary>A new instrument with more versions than this is described by the first ones and the number of the others.</summary>
    private const int MaxListedVersions = 12;

    /// <summary>The sentence for a difference; null when there is none for that part of the document.</summary>
    public static string? Describe(Difference difference, GovernanceSnapshot names) =>
        difference.Path.AsSpan() switch
        {
            [] => New(Read<Instrument>(difference.After)!),
            ["kind"] => Changed("the kind of text", difference, (InstrumentKind kind) => PlainLanguage.For(kind)),
            ["citation"] => Text("how the text is cited", difference),
            ["authority"] => Text("the authority that can change the text", difference),
            ["url"] => Text("the address of the present text", difference),
            ["versions"] => Items(difference, (InstrumentVersion version) => Version(version)),
            ["versions", _] => Item(difference, (InstrumentVersion version) => Version(version)),
            ["versions", _, "rules"] => Items(difference, (Rule rule) => RuleFor(rule, names)),
            ["versions", _, "rules", _] => Item(difference, (Rule rule) => RuleFor(rule, names)),
            ["versions", _, "rules", _, .. var field] => InRule(field, difference, names),
            ["versions", _, .. var field] => InVersion(field, difference, names),
            _ => null,
        };

    private static string? InVersion(ReadOnlySpan<string> field, Difference difference, GovernanceSnapshot names) =>
        field switch
        {
            ["id"] => "recorded the identity of the version",
            ["number"] => Changed("its number in the order of time", difference, (int number) => PlainLanguage.Number(number)),
            ["title"] => Text("the title", difference),
            ["by"] => Text("the act or file that set this version", difference),
            ["supersededBy"] => Changed("the text that replaced it", difference, (string id) => Instrument(id, names)),
            ["passed"] => Date("the date it was passed", difference),
            ["signed"] => Date("the date it was signed", difference),
            ["filed"] => Date("the date it was filed", difference),
            ["effective", "from"] => Date("the date it takes effect", difference),
            ["effective", "fromNotBefore"] => Date("the date before which it cannot have taken effect", difference),
            ["effective", "fromKnownBy"] => Date("the date by which a source shows it in force", difference),
            ["effective", "condition"] => Text("what must happen before it is in force", difference),
            ["effective", "to"] => Date("the first day on which it is no longer in force", difference),
            ["effective", "endKnownBy"] => Date("the date by which a source shows it replaced", difference),
            ["effective", "ended"] => Read<bool>(difference.After)
                ? "recorded that it has ended, on a date that is not known"
                : "no longer records that it has ended on a date that is not known",
            ["source", var part] => Source("the source", part, difference),
            _ => null,
        };

    /// <summary>The sentence for a difference in a rule; null when there is none for that part of the rule.</summary>
    public static string? InRule(ReadOnlySpan<string> field, Difference difference, GovernanceSnapshot names) =>
        field switch
        {
            ["capture"] => Listed("what it permits to be captured", difference, (Capture capture) => Json.Word(capture)),
            ["retention"] => RetentionDescription.Describe(ReadMany<Retention>(difference.Before), ReadMany<Retention>(difference.After)),
            ["notice"] => Listed("the required public notice", difference, (RequiredNotice notice) => PlainLanguage.For(notice)),
            ["recordsAccess", "access"] => Changed(
                "public access to recordings",
                difference,
                (RecordsAccessKind access) => PlainLanguage.For(access)
            ),
            ["recordsAccess", "text"] => Text("the words on public access to recordings", difference),
            ["departments"] => Listed("the departments it applies to", difference, (string id) => Department(id, names)),
            ["pauses"] => Read<bool>(difference.After) ? "now pauses the technology" : "no longer pauses the technology",
            ["note"] => Text("the note for readers", difference),
            ["purposes"] => Listed("the purposes", difference, (string purpose) => Quoted(purpose)),
            ["prohibitedUses"] => Listed("the prohibited uses", difference, (string use) => Quoted(use)),
            ["sharing"] => Text("with whom recordings may be shared", difference),
            ["owner"] => Changed("the owner", difference, (string id) => Department(id, names)),
            ["reviewBy"] => Changed("the review date", difference, (DateOnly day) => PlainLanguage.Date(day)),
            _ => null,
        };

    private static string New(Instrument instrument) =>
        $"recorded the text for the first time: {Plain(instrument.Citation)}, {PlainLanguage.For(instrument.Kind)} "
        + $"of {Plain(instrument.Authority)}, with {Versions(instrument)}";

    private static string Versions(Instrument instrument)
    {
        if (instrument.Versions.IsEmpty)
            return "no version";
        var listed = instrument.Versions.Take(MaxListedVersions).Select(Version);
        var others = instrument.Versions.Length - MaxListedVersions;
        return PlainLanguage.List(others > 0 ? listed.Append(PlainLanguage.Count(others, "more version")) : listed);
    }

    /// <summary>A version with its title and its period.</summary>
    public static string Version(InstrumentVersion version) =>
        string.Create(CultureInfo.InvariantCulture, $"version {version.Number}, {Quoted(version.Title)} ")
        + $"({PlainLanguage.Period(version.Effective)})";

    /// <summary>A rule with what it permits and how long recordings stay.</summary>
    public static string RuleFor(Rule rule, GovernanceSnapshot names)
    {
        var permits = rule switch
        {
            { Pauses: true } => "pauses it",
            { Capture.IsEmpty: true } => "names no capture",
            _ => "permits " + PlainLanguage.List(rule.Capture.Select(Json.Word)),
        };
        var retention = rule.Retention.IsEmpty
            ? ""
            : "; retention: " + PlainLanguage.List(rule.Retention.Select(retention => Plain(PlainLanguage.For(retention))));
        return $"the rule for {Technology(rule.Technology, names)} ({permits}{retention})";
    }
}
