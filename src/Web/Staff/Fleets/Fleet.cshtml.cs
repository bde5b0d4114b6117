using System.Collections.Immutable;
using Microsoft.AspNetCore.Mvc;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Places;
using SurveillanceRegistry.Domain.Registers;
using SurveillanceRegistry.Grains;
using SurveillanceRegistry.Web.Access;
using SurveillanceRegistry.Web.Registers;
using SurveillanceRegistry.Web.Staff.Changes;
using SurveillanceRegistry.Web.Staff.Forms;

namespace SurveillanceRegistry.Web.Staff.Fleets;

/// <summary>One fleet: what was recorded of it, and the forms that change and retire it.</summary>
public sealed class FleetModel(
    RegisterClerk clerk,
    IInventoryRegister<Fleet> fleets,
    IPlaceRegister places,
    IFleetBaseRegister bases,
    IDeviceRegister devices,
    IGrainFactory grains,
    TimeProvider time
) : RegisterPageModel<Fleet>(fleets, grains)
{
    /// <summary>What the form does that waits for a confirmation.</summary>
    public const string ToChange = "Change",
        ToRetire = "Retire";

    private static readonly ImmutableDictionary<string, string> AfterActs = new Dictionary<string, string>
    {
        ["registered"] = "The fleet is added. Now register its devices.",
        ["changed"] = "The fleet is changed. The notices of its places say so.",
        ["retired"] = "The fleet is retired. Its public page says so and keeps its history.",
        ["restored"] = "The fleet is in use again.",
    }.ToImmutableDictionary();

    public Fleet Fleet => Latest.Value;

    /// <summary>The places that may be chosen.</summary>
    public ImmutableArray<Place> Places { get; private set; } = [];

    /// <summary>The exact number of its devices; null for roles that may not know.</summary>
    public int? DeviceCount { get; private set; }

    /// <summary>What the act that waits for a confirmation would change, by place; null when none waits.</summary>
    public ImmutableArray<PlaceEffect>? Effect { get; private set; }

    /// <summary>The act that waits: <see cref="ToChange"/> or <see cref="ToRetire"/>.</summary>
    public string Waiting { get; private set; } = "";

    private protected override ImmutableDictionary<string, string> Messages => AfterActs;

    private protected override string PageAddress => $"/staff/fleets/{Fleet.Id}";

    /// <summary>The name of a place; its id when it is retired.</summary>
    public string NameOf(string place) => Places.FirstOrDefault(known => known.Id == place)?.Name ?? place;

    /// <summary>The name of the department; words when none is stated.</summary>
    public string DepartmentOf(Fleet fleet) => fleet?.Department is { } id ? City.Department(id)?.Name ?? id : "not stated";

    /// <summary>Shows the effect of a change on the notices of its places. The form of that answer makes the change.</summary>
    public async Task<IActionResult> OnPostChangeAsync(string id)
    {
        if (await CheckAsync(id) is { } refused)
            return refused;
        var after = FleetFields.Read(Request.Form, Fleet);
        if (Request.Form.Text("seen") is not null)
            return await ChangeAsync(after, "changed");
        ImmutableArray<Refusal> refusals =
        [
            .. FleetRegistration.Check(after, City),
            .. RegisterTimes.ReadSince(Request.Form.Text("since"), City, out var since) is { } refusal ? (Refusal[])[refusal] : [],
        ];
        if (after == Fleet && since is null)
            refusals = refusals.Add(
                new Refusal(RefusalCodes.NothingChanged, "Nothing changes: the fleet is registered like this.", "name")
            );
        return await ShowEffectAsync(after, ToChange, refusals);
    }

    /// <summary>Shows what it would change to retire the fleet, or to bring it back. The form of that answer does it.</summary>
    public async Task<IActionResult> OnPostRetireAsync(string id)
    {
        if (await CheckAsync(id) is { } refused)
            return refused;
        var after = Fleet with { IsRetired = !Fleet.IsRetired };
        if (Request.Form.Text("seen") is not null)
            return await ChangeAsync(after, Fleet.IsRetired ? "restored" : "retired", RetireReason);
        var refusal = after.IsRetired
            ? FleetRegistration.CheckRetirement(
                Fleet.Id,
                await CountAsync(time.GetUtcNow()),
                await CountAsync(time.GetUtcNow() - PlaceFleet.Delay)
            )
            : FleetRegistration.Check(after, City).FirstOrDefault();
        return await ShowEffectAsync(after, ToRetire, refusal is null ? [] : [refusal]);
    }

    private async Task<IActionResult> ShowEffectAsync(Fleet after, string waiting, ImmutableArray<Refusal> refusals)
    {
        if (!refusals.IsEmpty)
            return Linked(Invalid(FieldError.From(refusals)));
        Fields = Fields.SetItems(Request.Form.ToFields());
        Waiting = waiting;
        var known = await bases.DescribeAsync(after, time.GetUtcNow() - PlaceFleet.Delay, HttpContext.RequestAborted);
        var effects = await Task.WhenAll(
            Fleet.Places.Union(after.Places).Order(StringComparer.Ordinal).Select(place => PreviewAsync(place, after, known))
        );
        Effect = [.. effects.OfType<PlaceEffect>()];
        return Page();
    }

    /// <summary>What the notice of a place would say; null when the place is retired or not registered.</summary>
    private async Task<PlaceEffect?> PreviewAsync(string place, Fleet after, ImmutableArray<PlaceFleet> known)
    {
        if (Places.All(one => one.Id != place) || await Grains.Place(place).Describe() is not { } described)
            return null;
        var isThere = !after.IsRetired && after.Places.Contains(place);
        ImmutableArray<PlaceFleet> working =
        [
            .. described
                .Fleets.Where(fleet => fleet.Id != after.Id)
                .Concat(isThere ? known : [])
                .OrderBy(fleet => fleet.Id, StringComparer.Ordinal)
                .ThenBy(fleet => fleet.Technology, StringComparer.Ordinal)
                .ThenBy(fleet => fleet.Department, StringComparer.Ordinal),
        ];
        return await Grains.Place(place).PreviewFleets(working) is { } preview
            ? new PlaceEffect(described.Place, NoticeEffect.From(preview).Languages)
            : null;
    }

    private async Task<IActionResult> ChangeAsync(Fleet after, string done, string reasonField = "reason") =>
        Linked(
            await ActAsync(
                (version, act, cancellationToken) => clerk.ChangeAsync(Fleet, after, version, act, cancellationToken),
                done,
                reasonField
            )
        );

    /// <summary>Adds the way to the devices of the fleet to the refusal that they stand against its retirement.</summary>
    private IActionResult Linked(IActionResult answer)
    {
        Errors =
        [
            .. Errors.Select(error =>
                error.Field == "retired" && DeviceCount > 0
                    ? error with
                    {
                        Links = [new FieldLink($"/staff/devices?fleet={Fleet.Id}", "Its devices")],
                    }
                    : error
            ),
        ];
        return answer;
    }

    private async Task<int> CountAsync(DateTimeOffset at) =>
        (await devices.FleetsAsync(at, HttpContext.RequestAborted)).Where(part => part.Id == Fleet.Id).Sum(part => part.Units);

    private protected override async Task LoadMoreAsync(string id, CancellationToken cancellationToken)
    {
        Places = await places.PlacesAsync(cancellationToken);
        if (MobileReadPolicy.MayRead(User))
            DeviceCount = await CountAsync(time.GetUtcNow());
        Fields = FleetFields.ValuesOf(Fleet);
    }
}

/// <summary>What an act on a fleet would change in the notice of a place, by language.</summary>
public sealed record PlaceEffect(Place Place, ImmutableArray<LanguageEffect> Languages)
{
    /// <summary>Whether no sentence changes.</summary>
    public bool IsEmpty => Languages.All(language => language.Changes.IsEmpty);
}
