using SurveillanceRegistry.Domain.Policies.Rules;
using SurveillanceRegistry.Web.Policies.Text;

namespace SurveillanceRegistry.Web.Policies.Pages;

/// <summary>Rows of one technology, as a table.</summary>
internal sealed record RowsView(Technology Technology, IEnumerable<GovernanceRow> Rows, RegistryLinks Links);
