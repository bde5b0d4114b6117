using SurveillanceRegistry.Domain.Policies.Law;

namespace SurveillanceRegistry.Domain.Policies.Rules;

/// <summary>A surveillance technology as the City names it.</summary>
/// <param name="Id">Identifier, e.g. <c>alpr</c>.</param>
/// <param name="Name">The City's own wording.</param>
/// <param name="Purpose">Why it is used, in the City's words; null when the City has not said.</param>
/// <param name="PurposeSource">Where the purpose was read; null with no purpose.</param>
/// <param name="Statement">The pair of the City statement that names it, blanks and all; null when the statement has no such row.</param>
public sealed record Technology(string Id, string Name, string? Purpose, Source? PurposeSource, StatementRow? Statement);

/// <summary>A row of the table in the City's privacy statement, exactly as published.</summary>
public sealed record StatementRow(string Technology, string Governance, string Instrument);
