using System.Diagnostics;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Policies.Law;
using SurveillanceRegistry.Domain.Policies.Rules;

namespace SurveillanceRegistry.Web.Policies.Text;

/// <summary>A row of the governance table in plain English, no more exact than what is known.</summary>
/// <param name="row">The row.</param>
/// <param name="links">Links to the instruments that it names.</param>
internal sealed class GovernanceRowText(GovernanceRow row, RegistryLinks links)
{
    public GovernanceRow Row => row;

    public RegistryLinks Links => links;

    public string Status =>
        row.Status switch
        {
            RuleStatus.Superseded => "Superseded" + (row.Version?.SupersededBy is { } by ? $" by {links.CitationOf(by)}" : ""),
            RuleStatus.NotKnown => "No text known for this day",
            RuleStatus.Adopted when row.IsWaiting => "Adopted, waits for an event",
            RuleStatus.Adopted or RuleStatus.Scheduled or RuleStatus.InForce or RuleStatus.Paused or RuleStatus.Ended =>
                PlainLanguage.Sentence(PlainLanguage.For(row.Status)),
            _ => throw new UnreachableException($"{row.Status} has no name."),
        };

    public string? Certainty =>
        row.Certainty == Domain.Policies.Law.Certainty.Possible && row.Status != RuleStatus.NotKnown
            ? "Possibly: its dates are not exact enough for this day."
            : null;

    public string From => row.Version is { } version ? PlainLanguage.From(version.Effective) : "not known";

    /// <summary>The first day on which it is no longer in force; null when no end is set, or no version is known.</summary>
    public string? To => row.Version is { } version ? PlainLanguage.To(version.Effective) : null;

    public string? Made =>
        row.Version is not { } version ? null
        : string.Join(
            ", ",
            new[]
            {
                version.By,
                Dated("passed", version.Passed),
                Dated("signed", version.Signed),
                Dated("filed", version.Filed),
            }.OfType<string>()
        )
            is { Length: > 0 } made
            ? made
        : null;

    public string Capture => row.Rule is { } rule ? CaptureOf(rule) : "not known";

    public IEnumerable<string> Retention => row.Rule is { } rule ? RetentionOf(rule) : ["not known"];

    public string? Notice => row.Rule is { } rule ? NoticeOf(rule) : null;

    public string? Records => row.Rule is { } rule ? RecordsOf(rule) : null;

    public string Source => row.Version is { } version ? PlainLanguage.For(version.Source) : "no text registered for this day";

    public static string CaptureOf(Rule rule) =>
        rule.Pauses ? "nothing: the order pauses this technology"
        : rule.Capture.IsEmpty ? "no capture is named"
        : PlainLanguage.List(rule.Capture.Select(Json.Word));

    public static IEnumerable<string> RetentionOf(Rule rule) =>
        rule.Retention.IsEmpty ? ["the City has not published how long"] : rule.Retention.Select(PlainLanguage.For);

    public static string? NoticeOf(Rule rule) => rule.Notice.IsEmpty ? null : string.Join("; ", rule.Notice.Select(PlainLanguage.For));

    public static string? RecordsOf(Rule rule) =>
        rule.RecordsAccess is { Access: RecordsAccessKind.NotKnown }
            ? null
            : PlainLanguage.For(rule.RecordsAccess.Access) + (rule.RecordsAccess.Text is { } text ? $" ({text})" : "");

    private static string? Dated(string what, LawDate? date) => date is { } day ? $"{what} {PlainLanguage.Date(day)}" : null;
}
