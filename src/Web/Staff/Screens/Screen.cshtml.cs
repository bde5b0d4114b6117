using System.Collections.Immutable;
using System.Globalization;
using Microsoft.AspNetCore.Mvc;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Notices;
using SurveillanceRegistry.Domain.Places;
using SurveillanceRegistry.Domain.Policies.Rules;
using SurveillanceRegistry.Domain.Registers;
using SurveillanceRegistry.Grains;
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
) : RegisterPageModel<Kiosk>(kiosks, grains)
{
    private static readonly ImmutableDictionary<string, string> AfterActs = new Dictionary<string, string>
    {
        ["registered"] = "The screen is added. Open its address on the screen.",
        ["moved"] = "The screen is moved. It shows the notice of its new place within seconds.",
        ["measured"] = "The measures are recorded. The screen takes them over within seconds.",
        ["retired"] = "The screen is retired, and says so.",
        ["restored"] = "The screen is in use again.",
    }.ToImmutableDictionary();

    /// <summary>The field of the form that measures the screen.</summary>
    private const string MeasureReason = "measure-reason";

    public Kiosk Screen => Latest.Value;

    public ImmutableArray<Place> Places { get; private set; } = [];

    /// <summary>The place that waits for a confirmation of the move, and what its notice says; null when none waits.</summary>
    public (Place Place, ImmutableArray<string> Says)? Effect { get; private set; }

    /// <summary>The address that is opened on the screen.</summary>
    public string Address => $"{address.Url}/kiosks/{Screen.Id}";

    private protected override ImmutableDictionary<string, string> Messages => AfterActs;

    private protected override string PageAddress => $"/staff/screens/{Screen.Id}";

    /// <summary>The name of a place; its id when it is retired.</summary>
    public string NameOf(string place) => Places.FirstOrDefault(known => known.Id == place)?.Name ?? place;

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
        return await ChangeAsync(Screen with { Removed = !Screen.Removed }, Screen.Removed ? "restored" : "retired", RetireReason);
    }

    /// <summary>Records how large the screen is, and from where people read it.</summary>
    public async Task<IActionResult> OnPostMeasureAsync(string id)
    {
        if (await CheckAsync(id) is { } refused)
            return refused;
        Fields = Fields.SetItems(Request.Form.ToFields());
        var glass = new Glass(Measure("width"), Measure("height"), Measure("widthMm"), Measure("distanceMm"));
        return await ChangeAsync(Screen with { Glass = glass }, "measured", MeasureReason);
    }

    /// <summary>A measure of the form; 0, which is refused with the range, when it is no number.</summary>
    private int Measure(string field) =>
        int.TryParse(Request.Form.Text("glass." + field), NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : 0;

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
        Effect = (place!, await Grains.Place(place!.Id).Describe() is { } there ? Says(there.Content.Now) : []);
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

    private Task<IActionResult> ChangeAsync(Kiosk after, string done, string reasonField = "reason") =>
        ActAsync((version, act, cancellationToken) => clerk.ChangeAsync(Screen, after, version, act, cancellationToken), done, reasonField);

    private protected override async Task LoadMoreAsync(string id, CancellationToken cancellationToken)
    {
        Places = await places.PlacesAsync(cancellationToken);
        Fields = Fields.SetItem("place", Screen.Place);
        if (Screen.Glass is not { } glass)
            return;
        foreach (
            var (name, value) in (ReadOnlySpan<(string, int)>)
                [("width", glass.Width), ("height", glass.Height), ("widthMm", glass.WidthMm), ("distanceMm", glass.DistanceMm)]
        )
            Fields = Fields.SetItem("glass." + name, value.ToString(CultureInfo.InvariantCulture));
    }
}
