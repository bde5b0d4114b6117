using System.Collections.Immutable;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using SurveillanceRegistry.Domain.Changes;
using SurveillanceRegistry.Domain.Staff;
using SurveillanceRegistry.Grains;

namespace SurveillanceRegistry.Web.Staff.Changes;

/// <summary>The list of change requests, the newest first.</summary>
public sealed class ChangesModel(IGrainFactory grains, IChangeRegister register, IStaffRegister staff, TimeProvider time) : PageModel
{
    private const int RequestsPerPage = 50;

    [BindProperty(Name = "state", SupportsGet = true)]
    public string? State { get; set; }

    [BindProperty(Name = "after", SupportsGet = true)]
    public long? After { get; set; }

    public ImmutableArray<ListedChange> Requests { get; private set; } = [];

    /// <summary>The last id of this page when there are older requests; otherwise null.</summary>
    public long? Next { get; private set; }

    public async Task OnGetAsync()
    {
        ChangeState? state = Domain.Json.TryWord<ChangeState>(State, out var read) ? read : null;
        // One more than is shown tells whether another page follows.
        var found = await register.ListAsync(state, After, RequestsPerPage + 1, HttpContext.RequestAborted);
        Next = found.Length > RequestsPerPage ? found[RequestsPerPage - 1].Id : null;
        var history = await grains.History();
        Requests = ListedChange.From(
            [.. found.Take(RequestsPerPage)],
            history,
            history.Current.City.DayAt(time.GetUtcNow()),
            await staff.AllAsync(HttpContext.RequestAborted)
        );
    }
}
