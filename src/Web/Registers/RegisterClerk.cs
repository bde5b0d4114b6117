using System.Collections.Immutable;
using System.Security.Claims;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Devices.Facts;
using SurveillanceRegistry.Domain.Places;
using SurveillanceRegistry.Domain.Registers;
using SurveillanceRegistry.Domain.Staff;
using SurveillanceRegistry.Grains;
using SurveillanceRegistry.Web.Access;

namespace SurveillanceRegistry.Web.Registers;

/// <summary>What a clerk states of an act on a register.</summary>
/// <param name="Since">From when it holds, as a day in the city or as an instant; empty for now.</param>
public sealed record ClerkAct(ClaimsPrincipal Clerk, string? Reason, string? Since = null);

/// <summary>
/// The acts of device clerks on places, kiosks and fleets, for the API and the staff pages: checks the rules, writes to the register,
/// then notifies the places. A notice that says something new is signed before an act returns.
/// </summary>
public sealed class RegisterClerk(
    IInventoryRegister<Place> places,
    IInventoryRegister<Kiosk> kiosks,
    IInventoryRegister<Fleet> fleets,
    IAreaCheck areas,
    IGrainFactory grains,
    TimeProvider time
)
{
    /// <summary>Registers a place.</summary>
    public async Task<Outcome<RegisterVersion<Place>>> RegisterAsync(Place place, ClerkAct act, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(place);
        return await ActAsync(
            act,
            PlaceRegistration.Check(place, areas),
            stated => places.RegisterAsync(place, stated, cancellationToken),
            place.Id
        );
    }

    /// <summary>Changes a place. A version that is not the latest is refused as stale.</summary>
    public async Task<Outcome<RegisterVersion<Place>>> ChangeAsync(
        Place place,
        int version,
        ClerkAct act,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(place);
        return await ActAsync(
            act,
            PlaceRegistration.Check(place, areas),
            stated => places.ChangeAsync(place, version, stated, cancellationToken),
            place.Id
        );
    }

    /// <summary>Registers a kiosk at a place.</summary>
    public async Task<Outcome<RegisterVersion<Kiosk>>> RegisterAsync(Kiosk kiosk, ClerkAct act, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(kiosk);
        return await ActAsync(
            act,
            PlaceRegistration.Check(kiosk),
            stated => kiosks.RegisterAsync(kiosk, stated, cancellationToken),
            kiosk.Place
        );
    }

    /// <summary>Moves or retires a kiosk. A version that is not the latest is refused as stale.</summary>
    public async Task<Outcome<RegisterVersion<Kiosk>>> ChangeAsync(
        Kiosk before,
        Kiosk after,
        int version,
        ClerkAct act,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(after);
        return await ActAsync(
            act,
            PlaceRegistration.Check(after),
            stated => kiosks.ChangeAsync(after, version, stated, cancellationToken),
            before.Place,
            after.Place
        );
    }

    /// <summary>Registers a fleet, before any device of it.</summary>
    public async Task<Outcome<RegisterVersion<Fleet>>> RegisterAsync(Fleet fleet, ClerkAct act, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(fleet);
        return await ActAsync(
            act,
            FleetRegistration.Check(fleet, (await grains.Governance()).City),
            stated => fleets.RegisterAsync(fleet, stated, cancellationToken),
            [.. fleet.Places]
        );
    }

    /// <summary>Changes a fleet. A version that is not the latest is refused as stale.</summary>
    public async Task<Outcome<RegisterVersion<Fleet>>> ChangeAsync(
        Fleet before,
        Fleet after,
        int version,
        ClerkAct act,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(after);
        return await ActAsync(
            act,
            FleetRegistration.Check(after, (await grains.Governance()).City),
            stated => fleets.ChangeAsync(after, version, stated, cancellationToken),
            [.. before.Places, .. after.Places]
        );
    }

    private async Task<Outcome<RegisterVersion<T>>> ActAsync<T>(
        ClerkAct act,
        ImmutableArray<Refusal> refusals,
        Func<RegisterAct, Task<Outcome<RegisterVersion<T>>>> write,
        params string[] changedPlaces
    )
    {
        var city = (await grains.Governance()).City;
        refusals =
        [
            .. refusals,
            .. ((Refusal?[])[CheckReason(act.Reason), RegisterTimes.ReadSince(act.Since, city, out var since)]).OfType<Refusal>(),
        ];
        if (!refusals.IsEmpty)
            return refusals;
        var outcome = await write(new RegisterAct(act.Clerk.AttributionAs(Role.DeviceClerk), act.Reason!, time.GetUtcNow(), since));
        if (!outcome.IsDone)
            return outcome;
        foreach (var place in changedPlaces.Distinct())
        {
            await grains.Place(place).MarkDevicesChanged();
            await grains.Place(place).Describe();
        }

        return outcome;
    }

    private static Refusal? CheckReason(string? reason) =>
        string.IsNullOrWhiteSpace(reason)
            ? new Refusal(RefusalCodes.ReasonMissing, "Say why: the reason is recorded with the act.", "reason")
            : Registration.CheckReason(reason);
}
