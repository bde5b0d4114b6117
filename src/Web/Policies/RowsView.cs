using SurveillanceRegistry.Domain.Policies;

namespace SurveillanceRegistry.Web.Policies;

/// <summary>Rows of one technology, as a table.</summary>
internal sealed record RowsView(Technology Technology, IEnumerable<GovernanceRow> Rows, Links Links);
