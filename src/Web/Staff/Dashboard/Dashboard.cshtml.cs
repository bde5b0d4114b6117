using System.Collections.Immutable;
using Microsoft.AspNetCore.Mvc.RazorPages;
using SurveillanceRegistry.Domain.Changes;
using SurveillanceRegistry.Domain.Policies.Rules;
using SurveillanceRegistry.Domain.Staff;
using SurveillanceRegistry.Grains;
using SurveillanceRegistry.Web.Access;
using SurveillanceRegistry.Web.Staff.Changes;

namespace SurveillanceRegistry.Web.Staff.Dashboard;

/// <summary>What waits for whoever is signed in.</summary>
public sealed class DashboardModel(IGrainFactory grains, IChangeRegister register, IStaffRegister staff, TimeProvider time) : PageModel
{
    private const int Most = 50;

    /// <summary>Requests of others that wait for a decision; for approvers.</summary>
    public ImmutableArray<ListedChange> Waiting { get; private set; } = [];

    /// <summary>Own drafts and requests.</summary>
    public ImmutableArray<ListedChange> Mine { get; private set; } = [];

    public ImmutableArray<GovernanceRow> Disagreeing { get; private set; } = [];

    /// <summary>Texts that are known and begin after today.</summary>
    public ImmutableArray<GovernanceRow> Coming { get; private set; } = [];

    public int ReviewDue { get; private set; }

    public async Task OnGetAsync()
    {
        var history = await grains.History();
        var today = history.Current.City.DayAt(time.GetUtcNow());
        var members = await staff.AllAsync(HttpContext.RequestAborted);
        var me = User.StaffId();
        var all = await register.ListAsync(null, null, 200, HttpContext.RequestAborted);
        Waiting = ListedChange.Of(
            [.. all.Where(one => one.State == ChangeState.Submitted && one.Author.Staff != me).Take(Most)],
            history,
            today,
            members
        );
        Mine = ListedChange.Of(
            [.. all.Where(one => one.Author.Staff == me && one.State is not ChangeState.Approved and not ChangeState.Withdrawn).Take(Most)],
            history,
            today,
            members
        );
        var rows = history.Current.Table.On(today);
        Disagreeing = [.. rows.Where(row => !row.DisagreesWith.IsEmpty)];
        Coming = [.. rows.Select(row => row.AsScheduled()).OfType<GovernanceRow>()];
        ReviewDue = rows.Count(row => row.Rule?.ReviewBy <= today);
    }
}
