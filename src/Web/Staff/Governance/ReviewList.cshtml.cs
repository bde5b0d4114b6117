using System.Collections.Immutable;
using Microsoft.AspNetCore.Mvc.RazorPages;
using SurveillanceRegistry.Domain.Policies.Rules;
using SurveillanceRegistry.Grains;

namespace SurveillanceRegistry.Web.Staff.Governance;

/// <summary>The rows that somebody must look at again: past their day, soon, or with no day and no owner at all.</summary>
public sealed class ReviewListModel(IGrainFactory grains, TimeProvider time) : PageModel
{
    private const int SoonDays = 90;

    public DateOnly Today { get; private set; }

    public City City { get; private set; } = null!;

    public ImmutableArray<GovernanceRow> Due { get; private set; } = [];

    public ImmutableArray<GovernanceRow> Soon { get; private set; } = [];

    /// <summary>How many rows in force have no day set.</summary>
    public ImmutableArray<GovernanceRow> Without { get; private set; } = [];

    public async Task OnGetAsync()
    {
        var governance = await grains.Governance();
        City = governance.City;
        Today = City.DayAt(time.GetUtcNow());
        var rows = governance
            .Table.On(Today)
            .Where(row => row.Status is RuleStatus.InForce or RuleStatus.Adopted or RuleStatus.Paused)
            .ToArray();
        Due = [.. rows.Where(row => row.Rule!.ReviewBy <= Today).OrderBy(row => row.Rule!.ReviewBy)];
        Soon =
        [
            .. rows.Where(row => row.Rule!.ReviewBy > Today && row.Rule.ReviewBy <= Today.AddDays(SoonDays))
                .OrderBy(row => row.Rule!.ReviewBy),
        ];
        Without = [.. rows.Where(row => row.Rule!.ReviewBy is null)];
    }
}
