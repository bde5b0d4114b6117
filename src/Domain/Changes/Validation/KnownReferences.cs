using System.Collections.Immutable;
using SurveillanceRegistry.Domain.Policies.Documents;
using SurveillanceRegistry.Domain.Policies.Law;

namespace SurveillanceRegistry.Domain.Changes.Validation;

/// <summary>What a document may refer to.</summary>
/// <param name="governance">What the registry would have.</param>
/// <param name="recorded">What it has.</param>
internal sealed class KnownReferences(GovernanceSnapshot governance, GovernanceSnapshot recorded)
{
    private readonly HashSet<(string, string)> _recordedClasses =
    [
        .. from instrument in recorded.Table.Instruments
        from version in instrument.Versions
        from rule in version.Rules
        from retention in rule.Retention
        where retention.DataClass is not null
        select (instrument.Id, retention.DataClass),
    ];

    public HashSet<string> Technologies { get; } = governance.Table.Technologies.Select(technology => technology.Id).ToHashSet();
    public HashSet<string> Instruments { get; } = governance.Table.Instruments.Select(instrument => instrument.Id).ToHashSet();
    public HashSet<string> Departments { get; } = governance.City.Departments.Select(department => department.Id).ToHashSet();
    public KnownChapters Chapters { get; } = governance.Chapters;

    /// <summary>The vocabulary of data that a period can apply to; empty when the city has none: then every class is accepted.</summary>
    public ImmutableArray<string> DataClasses { get; } = governance.DataClasses;

    /// <summary>Whether a class of data is in the vocabulary, or was recorded for the instrument before there was one.</summary>
    public bool KnowsClass(string dataClass, string instrument) =>
        DataClasses.IsEmpty || DataClasses.Contains(dataClass) || _recordedClasses.Contains((instrument, dataClass));

    /// <summary>Whether the registry has a text of this key in a language.</summary>
    public bool HasText(string language, string key) =>
        recorded.Wordings.FirstOrDefault(wording => wording.Language == language)?.Texts.ContainsKey(key) == true;

    /// <summary>The name of a technology; its id when it is not registered.</summary>
    public string NameOf(string technology) =>
        governance.Table.Technologies.FirstOrDefault(known => known.Id == technology)?.Name.Trim() ?? technology;

    /// <summary>The citation of an instrument; its id when it is not registered.</summary>
    public string CitationOf(string instrument) =>
        governance.Table.Instruments.FirstOrDefault(known => known.Id == instrument)?.Citation ?? instrument;

    private readonly HashSet<(string, string)> _waiting =
    [
        .. from instrument in recorded.Table.Instruments
        from version in instrument.Versions
        where version.Effective.Condition is not null
        select (instrument.Id, version.Id),
    ];

    /// <summary>Whether the registry has a version that waits for an event.</summary>
    public bool IsWaiting(string instrument, string version) => _waiting.Contains((instrument, version));

    /// <summary>The instruments that replace each instrument.</summary>
    public ILookup<string, string> Successors { get; } =
        governance
            .Table.Instruments.SelectMany(
                instrument => instrument.Versions.Select(version => version.SupersededBy).OfType<string>(),
                (instrument, successor) => (instrument.Id, successor)
            )
            .ToLookup(pair => pair.Id, pair => pair.successor);
}
