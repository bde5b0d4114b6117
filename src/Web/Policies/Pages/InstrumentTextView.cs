using System.Collections.Immutable;
using SurveillanceRegistry.Domain.Policies.Documents;
using SurveillanceRegistry.Domain.Policies.Law;
using SurveillanceRegistry.Domain.Policies.Rules;
using SurveillanceRegistry.Web.Policies.Text;

namespace SurveillanceRegistry.Web.Policies.Pages;

/// <summary>One text on a timeline: a version of an instrument, and what it says of the technologies that the page is about.</summary>
/// <param name="Standing">How it stands on the day asked for; null when another text answers for that day.</param>
/// <param name="NamesInstrument">Whether the page is not the instrument's own.</param>
internal sealed record InstrumentTextView(
    Instrument Instrument,
    InstrumentVersion Version,
    ImmutableArray<Rule> Rules,
    RuleStatus? Standing,
    bool NamesInstrument,
    RegistryLinks Links,
    GovernanceSnapshot Known
)
{
    public string TechnologyName(string id) =>
        Known.Table.Technologies.FirstOrDefault(technology => technology.Id == id)?.Name.Trim() ?? id;

    /// <summary>From when to when, in one line.</summary>
    public string Period =>
        $"From {PlainLanguage.From(Version.Effective)} · until {PlainLanguage.To(Version.Effective)}"
            .Replace("until no end is set", "no end is set", StringComparison.Ordinal)
            .Replace("From not known", "From a day that is not known", StringComparison.Ordinal)
            .Replace("until not known", "until a day that is not known", StringComparison.Ordinal);

    /// <summary>What happened to the text, on which days.</summary>
    public IEnumerable<(string Name, string Value)> Acts =>
        new (string Name, string? Value)[]
        {
            ("Made by", Version.By),
            ("Passed", Date(Version.Passed)),
            ("Signed", Date(Version.Signed)),
            ("Filed", Date(Version.Filed)),
        }
            .Where(act => act.Value is not null)
            .Select(act => (act.Name, act.Value!));

    /// <summary>What the text says of a technology.</summary>
    public IEnumerable<(string Name, string Value)> Says(Rule rule) =>
        new (string Name, string? Value)[]
        {
            ("Lets capture", GovernanceRowText.CaptureOf(rule)),
            ("Of units of", rule.Departments.IsEmpty ? null : PlainLanguage.List(rule.Departments.Select(Links.Department))),
            ("Kept", string.Join("; ", GovernanceRowText.RetentionOf(rule))),
            ("The public must be told by", GovernanceRowText.NoticeOf(rule)),
            ("Public access to recordings", GovernanceRowText.RecordsOf(rule)),
            ("For", rule.Purposes.IsEmpty ? null : string.Join("; ", rule.Purposes)),
            ("Not for", rule.ProhibitedUses.IsEmpty ? null : string.Join("; ", rule.ProhibitedUses)),
            ("Shared with", rule.Sharing),
        }
            .Where(one => one.Value is not null)
            .Select(one => (one.Name, one.Value!));

    private static string? Date(LawDate? date) => date is { } day ? PlainLanguage.Date(day) : null;
}
