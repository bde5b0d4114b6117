using System.Collections.Immutable;
using Microsoft.AspNetCore.Mvc.RazorPages;
using SurveillanceRegistry.Domain.Changes;
using SurveillanceRegistry.Domain.Devices.Withdrawals;
using SurveillanceRegistry.Domain.Places;
using SurveillanceRegistry.Domain.Policies.Conflicts;
using SurveillanceRegistry.Domain.Policies.Rules;
using SurveillanceRegistry.Domain.Staff;
using SurveillanceRegistry.Grains;
using SurveillanceRegistry.Web.Access;
using SurveillanceRegistry.Web.Http;
using SurveillanceRegistry.Web.Places;
using SurveillanceRegistry.Web.Staff.Changes;

namespace SurveillanceRegistry.Web.Staff.Dashboard;

/// <summary>The change requests and rules that need the user's attention.</summary>
public sealed class DashboardModel(
    IGrainFactory grains,
    IChangeRegister register,
    IStaffRegister staff,
    IPlaceRegister places,
    IWithdrawalRegister withdrawals,
    TimeProvider time
) : PageModel
{
    private const int MaxRead = 200,
        MaxShown = 50;

    /// <summary>Submitted requests of other authors.</summary>
    public ImmutableArray<ListedChange> Submitted { get; private set; } = [];

    /// <summary>The user's own drafts and open requests.</summary>
    public ImmutableArray<ListedChange> Own { get; private set; } = [];

    public ImmutableArray<ExpectedConflict> Disagreeing { get; private set; } = [];

    /// <summary>Rules that take effect after today.</summary>
    public ImmutableArray<GovernanceRow> Upcoming { get; private set; } = [];

    /// <summary>The facts that notices mark as not allowed.</summary>
    public ImmutableArray<ExceedingFact> Exceeding { get; private set; } = [];

    /// <summary>What the register took from places and no other person has confirmed on the spot.</summary>
    public ImmutableArray<DeviceWithdrawals> AwaitingConfirmation { get; private set; } = [];

    /// <summary>The number of rules whose review is overdue.</summary>
    public int ReviewsOverdue { get; private set; }

    private City _city = null!;
    private ImmutableArray<Place> _places = [];

    public string NameOf(string place) => _places.FirstOrDefault(known => known.Id == place)?.Name ?? place;

    public string Time(DateTimeOffset at) => CityTime.Format(_city, at);

    public async Task OnGetAsync()
    {
        var history = await grains.History();
        var today = history.Current.City.DayAt(time.GetUtcNow());
        var members = await staff.AllAsync(HttpContext.RequestAborted);
        var userId = User.StaffId();
        var requests = await register.ListAsync(null, null, MaxRead, HttpContext.RequestAborted);
        Submitted = List(requests.Where(request => request.State == ChangeState.Submitted && request.Author.Staff != userId));
        Own = List(requests.Where(request => request.Author.Staff == userId && IsOpen(request)));
        var rows = history.Current.Table.On(today);
        Disagreeing = ExpectedConflict.In(history.Current.Table, today);
        Upcoming = [.. rows.Select(row => row.AsUpcoming()).OfType<GovernanceRow>()];
        Exceeding = ExceedingFact.From(await places.DescribeAllAsync(grains, HttpContext.RequestAborted));
        AwaitingConfirmation = await withdrawals.AwaitingAsync(HttpContext.RequestAborted);
        _city = history.Current.City;
        _places = await places.PlacesAsync(HttpContext.RequestAborted);
        ReviewsOverdue = rows.Count(row => row.Rule?.ReviewBy <= today);

        ImmutableArray<ListedChange> List(IEnumerable<ChangeRequest> selected) =>
            ListedChange.From([.. selected.Take(MaxShown)], history, today, members);
    }

    private static bool IsOpen(ChangeRequest request) => request.State is not ChangeState.Approved and not ChangeState.Withdrawn;
}
