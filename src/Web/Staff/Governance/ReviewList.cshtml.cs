using System.Collections.Immutable;
using Microsoft.AspNetCore.Mvc.RazorPages;
using SurveillanceRegistry.Domain.Policies.Rules;
using SurveillanceRegistry.Grains;

namespace SurveillanceRegistry.Web.Staff.Governance;

/// <summary>The rules in force whose review is overdue, is due soon, or has no date.</summary>
public sealed class ReviewListModel(IGrainFactory grains, TimeProvider time) : PageModel
{
    /// <summary>The number of days before its review date from which a rule is due soon.</summary>
    public const int SoonDays = 90;

    public City City { get; private set; } = null!;

    public ImmutableArray<GovernanceRow> Overdue { get; private set; } = [];

    public ImmutableArray<GovernanceRow> DueSoon { get; private set; } = [];

    public ImmutableArray<GovernanceRow> WithoutDate { get; private set; } = [];

    public async Task OnGetAsync()
    {
        var governance = await grains.Governance();
        City = governance.City;
        var today = City.DayAt(time.GetUtcNow());
        var rows = governance
            .Table.On(today)
            .Where(row => row is { Status: RuleStatus.InForce or RuleStatus.Adopted or RuleStatus.Paused, IsWaiting: false })
            .OrderBy(row => row.Rule!.ReviewBy)
            .ToArray();
        Overdue = [.. rows.Where(row => row.Rule!.ReviewBy <= today)];
        DueSoon = [.. rows.Where(row => row.Rule!.ReviewBy > today && row.Rule.ReviewBy <= today.AddDays(SoonDays))];
        WithoutDate = [.. rows.Where(row => row.Rule!.ReviewBy is null)];
    }
}
