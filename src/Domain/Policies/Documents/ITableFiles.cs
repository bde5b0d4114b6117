using System.Collections.Immutable;
using SurveillanceRegistry.Domain.Changes;
using SurveillanceRegistry.Domain.Policies.Rules;

namespace SurveillanceRegistry.Domain.Policies.Documents;

/// <summary>What a file says otherwise than the registry does.</summary>
/// <param name="Documents">Every document that differs, whole; empty when nothing does.</param>
/// <param name="Notes">What whoever proposes it should know, in sentences.</param>
public sealed record FileContent(ImmutableArray<ProposedDocument> Documents, ImmutableArray<string> Notes);

/// <summary>The governance table as files that people open in a spreadsheet or an editor.</summary>
public interface ITableFiles
{
    /// <summary>The table as CSV, UTF-8; read back, it proposes nothing.</summary>
    byte[] WriteCsv(GovernanceSnapshot governance);

    /// <summary>
    /// Reads a table (<c>.csv</c>) or the file of one instrument (<c>.yaml</c>): all of it, or every problem with row or line.
    /// </summary>
    /// <param name="name">The name of the file, which says of which kind it is.</param>
    Outcome<FileContent> Read(byte[] bytes, string name, GovernanceHistory history);
}
