using System.Collections.Immutable;
using SurveillanceRegistry.Domain.Changes;
using SurveillanceRegistry.Domain.Policies.Rules;

namespace SurveillanceRegistry.Domain.Policies.Documents;

/// <summary>The differences between a file and the registry.</summary>
/// <param name="Documents">Every document that differs, whole; empty when none does.</param>
/// <param name="Notes">What the author of the change request should know, in sentences.</param>
public sealed record FileContent(ImmutableArray<ProposedDocument> Documents, ImmutableArray<string> Notes);

/// <summary>The governance table as files that people open in a spreadsheet or an editor.</summary>
public interface ITableFiles
{
    /// <summary>The table as CSV, UTF-8, with the revision of each instrument. Reading it back proposes nothing.</summary>
    byte[] WriteCsv(GovernanceHistory history);

    /// <summary>
    /// Reads a table (<c>.csv</c>) or the file of one instrument (<c>.yaml</c>). Returns all of it, or every problem with its row or line.
    /// </summary>
    /// <param name="name">The name of the file, whose extension decides its format.</param>
    Outcome<FileContent> Read(byte[] bytes, string name, GovernanceHistory history);
}
