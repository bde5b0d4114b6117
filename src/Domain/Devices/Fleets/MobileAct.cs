using SurveillanceRegistry.Domain.Ledger;

namespace SurveillanceRegistry.Domain.Devices.Fleets;

/// <summary>
/// An act on a single mobile device: it was registered, changed or removed, or given a credential. Such acts are recorded outside the
/// ledger, which is public at once. The ledger has their digests.
/// </summary>
/// <param name="Number">Grows with every act on any mobile device.</param>
/// <param name="Act">The kind of act, as the ledger names it for fixed devices, e.g. <c>device-changed</c>.</param>
/// <param name="By">The person who acted.</param>
/// <param name="Fleet">The fleet of the device after the act; department and lifecycle likewise.</param>
/// <param name="Body">The details, with the reason: a JSON object.</param>
public sealed record MobileAct(
    long Number,
    DateTimeOffset At,
    string Act,
    Attribution By,
    string Fleet,
    string Department,
    Lifecycle Lifecycle,
    string Body
);
