using System.Collections.Immutable;
using Microsoft.AspNetCore.Mvc;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Notices;
using SurveillanceRegistry.Domain.Places;
using SurveillanceRegistry.Domain.Policies.Rules;
using SurveillanceRegistry.Domain.Registers;
using SurveillanceRegistry.Domain.Staff;
using SurveillanceRegistry.Grains;
using SurveillanceRegistry.Web.Access;
using SurveillanceRegistry.Web.Http;
using SurveillanceRegistry.Web.Registers;
using SurveillanceRegistry.Web.Staff.Forms;

namespace SurveillanceRegistry.Web.Staff.Screens;

/// <summary>One screen: where it is, what was recorded of it, and the forms that move and retire it.</summary>
public sealed class ScreenModel(
    RegisterClerk clerk,
    IInventoryRegister<Kiosk> kiosks,
    IPlaceRegister places,
    IGrainFactory grains,
    PublicAddress address
) : FormPageModel
{
    private static readonly ImmutableDictionary<string, string> Messages = new Dictionary<string, string>
    {
        ["registered"] = "The screen is added. Open its address on the screen.",
        ["moved"] = "The screen is moved. It shows the notice of its new place within seconds.",
        ["retired"] = "The screen is retired, and says so.",
        ["restored"] = "The screen is in use again.",
    }.ToImmutableDictionary();

    public City City { get; private set; } = null!;

    /// <summary>The latest version.</summary>
    public RegisterVersion<Kiosk> Latest { get; private set; } = null!;

    public Kiosk Screen => Latest.Value;

    /// <summary>Every version, the newest first.</summary>
    public ImmutableArray<AttributedVersion<Kiosk>> Versions { get; private set; } = [];

    public ImmutableArray<Place> Places { get; private set; } = [];

    /// <summary>The place that waits for a confirmation of the move, and what its notice says; null when none waits.</summary>
    public (Place Place, ImmutableArray<string> Says)? Effect { get; private set; }

    /// <summary>The result of the act from which the browser was redirected here; null when there was none.</summary>
    public string? StatusMessage { get; private set; }

    /// <summary>The address that is opened on the screen.</summary>
    public string Address => $"{address.Url}/kiosks/{Screen.Id}";

    public bool MayAct => User.Is(Role.DeviceClerk);

    public string Time(DateTimeOffset at) => CityTime.Format(City, at);

    /// <summary>The name of a place; its id when it is retired.</summary>
    public string NameOf(string place) => Places.FirstOrDefault(known => known.Id == place)?.Name ?? place;

    public async Task<IActionResult> OnGetAsync(string id, string? done)
    {
        StatusMessage = Messages.GetValueOrDefault(done ?? "");
        return await LoadAsync(id) ? Page() : NotFound();
    }

    /// <summary>Shows what the screen would say at another place. The form of that answer moves it.</summary>
    public async Task<IActionResult> OnPostMoveAsync(string id)
    {
        if (await CheckAsync(id) is { } refused)
            return refused;
        var after = Screen with { Place = Request.Form.Text("place") ?? "" };
        if (Request.Form.Text("seen") is null)
            return await ShowEffectAsync(after);
        return await ChangeAsync(after, "moved");
    }

    /// <summary>Retires the screen, or brings it back.</summary>
    public async Task<IActionResult> OnPostRetireAsync(string id)
    {
        if (await CheckAsync(id) is { } refused)
            return refused;
        return await ChangeAsync(Screen with { Removed = !Screen.Removed }, Screen.Removed ? "restored" : "retired", "retire-reason");
    }

    private async Task<IActionResult> ShowEffectAsync(Kiosk after)
    {
        Refusal? refusal = RegisterTimes.ReadSince(Request.Form.Text("since"), City, out var since);
        if (after.Place == Screen.Place && since is null)
            refusal ??= new Refusal(RefusalCodes.NothingChanged, "The screen is at this place.", "place");
        var place = Places.FirstOrDefault(known => known.Id == after.Place);
        if (place is null)
            refusal ??= new Refusal(RefusalCodes.Invalid, "Choose the place to which the screen is moved.", "place");
        if (refusal is not null)
            return Invalid(FieldError.From([refusal]));
        Fields = Fields.SetItems(Request.Form.ToFields());
        Effect = (place!, await grains.Place(place!.Id).Describe() is { } there ? Says(there.Content.Now) : []);
        return Page();
    }

    /// <summary>What a notice says first, in its first language.</summary>
    private ImmutableArray<string> Says(NoticeBody notice)
    {
        var text = notice.Languages.GetValueOrDefault(City.Languages[0]) ?? notice.Languages.Values.First();
        return text.Facts.IsEmpty
            ? [.. text.FirstLayer.Where(item => item.Item == "now").Select(item => item.Text)]
            : [.. text.Facts.Select(fact => $"{fact.Line}: {fact.Technology}")];
    }

    private async Task<IActionResult> ChangeAsync(Kiosk after, string done, string reasonField = "reason")
    {
        var form = Request.Form;
        var act = new ClerkAct(User, form.Text("reason"), form.Text("since"));
        var outcome = await clerk.ChangeAsync(Screen, after, form.Version(), act, HttpContext.RequestAborted);
        return outcome.IsDone
            ? Redirect($"/staff/screens/{Screen.Id}?done={done}")
            : Invalid(FieldError.From(outcome.Refusals, ("reason", reasonField)));
    }

    /// <summary>Loads the page. Returns the answer when the user may not act, or when there is no such screen.</summary>
    private async Task<IActionResult?> CheckAsync(string id)
    {
        if (!MayAct)
            return Forbid();
        return await LoadAsync(id) ? null : NotFound();
    }

    private async Task<bool> LoadAsync(string id)
    {
        var cancellationToken = HttpContext.RequestAborted;
        Versions = [.. (await kiosks.HistoryAsync(id, cancellationToken)).Reverse()];
        if (Versions.IsEmpty)
            return false;
        Latest = Versions[0].Version;
        City = (await grains.Governance()).City;
        Places = await places.PlacesAsync(cancellationToken);
        Fields = Fields.SetItem("place", Screen.Place);
        return true;
    }
}
