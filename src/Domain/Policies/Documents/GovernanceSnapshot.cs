using System.Collections.Immutable;
using System.Text.Json.Serialization;
using SurveillanceRegistry.Domain.Notices;
using SurveillanceRegistry.Domain.Policies.Law;
using SurveillanceRegistry.Domain.Policies.Rules;

namespace SurveillanceRegistry.Domain.Policies.Documents;

/// <summary>
/// All policy documents at one instant: the city, its governance table, the texts of its notices, and the chapters that may be cited.
/// </summary>
public sealed record GovernanceSnapshot(City City, GovernanceTable Table, ImmutableArray<Wording> Wordings, KnownChapters Chapters)
{
    private const string ClassPrefix = "class.";

    /// <summary>
    /// The vocabulary of data that a retention period can apply to: the classes for which the notices of the authoritative language have a
    /// word. So every class can be said in every language.
    /// </summary>
    [JsonIgnore]
    public ImmutableArray<string> DataClasses =>
        Wordings.IsEmpty
            ? []
            :
            [
                .. Wordings[0]
                    .Texts.Keys.Where(key => key.StartsWith(ClassPrefix, StringComparison.Ordinal))
                    .Select(key => key[ClassPrefix.Length..].Replace('-', ' ')),
            ];

    /// <summary>Every document, in the order of recording: city, chapters, wordings, technologies, instruments.</summary>
    public IEnumerable<PolicyDocument> Documents() =>
        [
            PolicyDocument.For(City),
            PolicyDocument.For(Chapters),
            .. Wordings.Select(PolicyDocument.For),
            .. Table.Technologies.Select(PolicyDocument.For),
            .. Table.Instruments.Select(PolicyDocument.For),
        ];
}
