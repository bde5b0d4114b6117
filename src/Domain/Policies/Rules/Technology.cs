using System.Text.Json.Serialization;
using SurveillanceRegistry.Domain.Policies.Law;

namespace SurveillanceRegistry.Domain.Policies.Rules;

/// <summary>A surveillance technology as the City names it.</summary>
/// <param name="Id">Identifier, e.g. <c>alpr</c>.</param>
/// <param name="Name">The City's own wording.</param>
/// <param name="Purpose">The purpose in the City's words; null when the City states none.</param>
/// <param name="PurposeSource">The source of the purpose; null when there is no purpose.</param>
/// <param name="Statement">The row of the City statement that names it, with its blanks; null when there is none.</param>
public sealed record Technology(string Id, string Name, string? Purpose, Source? PurposeSource, StatementRow? Statement)
{
    /// <summary>True when the City does not use it any more. It keeps its address, its history and the law about it.</summary>
    [JsonPropertyName("retired"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool IsRetired { get; init; }
}

/// <summary>A row of the table in the City's privacy statement, exactly as published.</summary>
public sealed record StatementRow(string Technology, string Governance, string Instrument);
