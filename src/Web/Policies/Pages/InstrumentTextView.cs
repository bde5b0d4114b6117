using System.Collections.Immutable;
using SurveillanceRegistry.Domain.Policies.Documents;
using SurveillanceRegistry.Domain.Policies.Law;
using SurveillanceRegistry.Domain.Policies.Rules;
using SurveillanceRegistry.Web.Policies.Text;

namespace SurveillanceRegistry.Web.Policies.Pages;

/// <summary>A version of an instrument on a timeline, with its rules for the technologies of the page.</summary>
/// <param name="Standing">Its status on the day asked for; null when another version applies on that day.</param>
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
    public string Period => PlainLanguage.Sentence(PlainLanguage.Period(Version.Effective));

    /// <summary>That it is in force before it was passed; null when it is not.</summary>
    public string? BeforePassed => PlainLanguage.BeforePassed(Version) is { } dates ? PlainLanguage.Sentence(dates) + "." : null;

    /// <summary>When the version was passed, signed and filed, and by whom.</summary>
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

    /// <summary>What the rule says, item by item.</summary>
    public IEnumerable<(string Name, string Value)> Says(Rule rule) =>
        new (string Name, string? Value)[]
        {
            ("Permits", GovernanceRowText.CaptureOf(rule)),
            ("Departments", rule.Departments.IsEmpty ? null : PlainLanguage.List(rule.Departments.Select(Links.Department))),
            ("Retention", string.Join("; ", GovernanceRowText.RetentionOf(rule))),
            ("Required public notice", GovernanceRowText.NoticeOf(rule)),
            ("Public access to recordings", GovernanceRowText.RecordsOf(rule)),
            ("Purposes", rule.Purposes.IsEmpty ? null : string.Join("; ", rule.Purposes)),
            ("Prohibited uses", rule.ProhibitedUses.IsEmpty ? null : string.Join("; ", rule.ProhibitedUses)),
            ("Shared with", rule.Sharing),
        }
            .Where(one => one.Value is not null)
            .Select(one => (one.Name, one.Value!));

    private static string? Date(LawDate? date) => date is { } day ? PlainLanguage.Date(day) : null;
}
