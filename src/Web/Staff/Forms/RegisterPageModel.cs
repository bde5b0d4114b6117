using System.Collections.Immutable;
using Microsoft.AspNetCore.Mvc;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Policies.Rules;
using SurveillanceRegistry.Domain.Registers;
using SurveillanceRegistry.Domain.Staff;
using SurveillanceRegistry.Grains;
using SurveillanceRegistry.Web.Access;
using SurveillanceRegistry.Web.Http;
using SurveillanceRegistry.Web.Registers;

namespace SurveillanceRegistry.Web.Staff.Forms;

/// <summary>The page of one place, screen or fleet: its versions, and the forms that change and retire it.</summary>
public abstract class RegisterPageModel<T>(IInventoryRegister<T> register, IGrainFactory grains) : FormPageModel
    where T : class
{
    /// <summary>The field of the form that retires the thing or brings it back. The form that changes it has a reason of its own.</summary>
    private protected const string RetireReason = "retire-reason";

    private const string ChangeReason = "reason";

    private protected IGrainFactory Grains { get; } = grains;

    public City City { get; private set; } = null!;

    /// <summary>The latest version.</summary>
    public RegisterVersion<T> Latest { get; private set; } = null!;

    /// <summary>Every version, the newest first.</summary>
    public ImmutableArray<AttributedVersion<T>> Versions { get; private set; } = [];

    /// <summary>The result of the act from which the browser was redirected here; null when there was none.</summary>
    public string? StatusMessage { get; private set; }

    public bool MayAct => User.Is(Role.DeviceClerk);

    /// <summary>What is said after each act.</summary>
    private protected abstract ImmutableDictionary<string, string> Messages { get; }

    /// <summary>The address of this page.</summary>
    private protected abstract string PageAddress { get; }

    public string Time(DateTimeOffset at) => CityTime.Format(City, at);

    public async Task<IActionResult> OnGetAsync(string id, string? done)
    {
        StatusMessage = Messages.GetValueOrDefault(done ?? "");
        return await LoadAsync(id) ? Page() : NotFound();
    }

    /// <summary>Loads what the page shows beside the versions.</summary>
    private protected abstract Task LoadMoreAsync(string id, CancellationToken cancellationToken);

    /// <summary>Loads the page. Returns the answer when the user may not act, or when nothing has the id.</summary>
    private protected async Task<IActionResult?> CheckAsync(string id)
    {
        if (!MayAct)
            return Forbid();
        return await LoadAsync(id) ? null : NotFound();
    }

    /// <summary>Makes an act of the submitted form. Returns the page after it, or this page with what is wrong.</summary>
    /// <param name="done">The word of <see cref="Messages"/> after it.</param>
    private protected async Task<IActionResult> ActAsync(
        Func<int, ClerkAct, CancellationToken, Task<Outcome<RegisterVersion<T>>>> act,
        string done,
        string reasonField = ChangeReason
    )
    {
        var form = Request.Form;
        var stated = new ClerkAct(User, form.Text(reasonField), form.Text("since"));
        var outcome = await act(form.Version(), stated, HttpContext.RequestAborted);
        return outcome.IsDone
            ? Redirect($"{PageAddress}?done={done}")
            : Invalid(FieldError.From(outcome.Refusals, (ChangeReason, reasonField)));
    }

    private async Task<bool> LoadAsync(string id)
    {
        Versions = [.. (await register.HistoryAsync(id, HttpContext.RequestAborted)).Reverse()];
        if (Versions.IsEmpty)
            return false;
        Latest = Versions[0].Version;
        City = (await Grains.Governance()).City;
        await LoadMoreAsync(id, HttpContext.RequestAborted);
        return true;
    }
}
