using System.Collections.Immutable;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using SurveillanceRegistry.Domain.Changes;
using SurveillanceRegistry.Domain.Policies.Documents;
using SurveillanceRegistry.Domain.Policies.Law;
using SurveillanceRegistry.Domain.Policies.Rules;
using SurveillanceRegistry.Domain.Staff;
using SurveillanceRegistry.Grains;
using SurveillanceRegistry.Web.Changes;

namespace SurveillanceRegistry.Web.Staff.Changes;

/// <summary>Change requests, the newest first.</summary>
public sealed class ChangesModel(IGrainFactory grains, IChangeRegister register, IStaffRegister staff, TimeProvider time) : PageModel
{
    private const int PerPage = 50;

    [BindProperty(Name = "state", SupportsGet = true)]
    public string? State { get; set; }

    [BindProperty(Name = "after", SupportsGet = true)]
    public long? After { get; set; }

    public ImmutableArray<ListedChange> Requests { get; private set; } = [];

    public long? Next { get; private set; }

    public async Task OnGetAsync()
    {
        ChangeState? state = Domain.Json.TryWord<ChangeState>(State, out var named) ? named : null;
        var page = await register.ListAsync(state, After, PerPage + 1, HttpContext.RequestAborted);
        Next = page.Length > PerPage ? page[PerPage - 1].Id : null;
        var history = await grains.History();
        Requests = ListedChange.Of(
            [.. page.Take(PerPage)],
            history,
            history.Current.City.DayAt(time.GetUtcNow()),
            await staff.AllAsync(HttpContext.RequestAborted)
        );
    }
}

/// <summary>A request as lists show it.</summary>
public sealed record ListedChange(ChangeRequest Request, string Stands, string Author, string When, ImmutableArray<string> Subjects)
{
    internal static ImmutableArray<ListedChange> Of(
        ImmutableArray<ChangeRequest> requests,
        GovernanceHistory history,
        DateOnly today,
        ImmutableArray<StaffMember> members
    )
    {
        var names = members.ToDictionary(member => member.Id, member => member.Name);
        return
        [
            .. requests.Select(request => new ListedChange(
                request,
                ChangeStatusText.For(request, history, today),
                names.GetValueOrDefault(request.Author.Staff ?? "", request.Author.Role),
                PlainLanguage.Time(history.Current.City.LocalTime(request.DecidedAt ?? request.SubmittedAt ?? request.DraftedAt)),
                [
                    .. request
                        .Proposal.Documents.Take(4)
                        .Select(one =>
                            one.Document.Kind == DocumentKind.Instrument
                                ? one.Document.Value<Instrument>().Citation
                                : one.Document.ToString()
                        ),
                    .. request.Proposal.Documents.Length > 4
                        ? [$"and {request.Proposal.Documents.Length - 4} more"]
                        : Array.Empty<string>(),
                ]
            )),
        ];
    }
}
