using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc.RazorPages;
using SurveillanceRegistry.Domain.Presence;
using SurveillanceRegistry.Web.Presence;
using SurveillanceRegistry.Web.Staff.Account;

namespace SurveillanceRegistry.Web.Staff.Ingest;

/// <summary>
/// How the registry takes in what devices say, at this moment. Drawn by the server; a script only keeps the figures young.
/// </summary>
[Authorize(StaffAuthentication.IngestWatchers)]
public sealed class IngestModel(IngestOverview now) : PageModel
{
    public IngestView View { get; private set; } = null!;

    public IReadOnlyDictionary<string, string> Words { get; private set; } = null!;

    /// <summary>What a reason means, and what the device is told.</summary>
    public static string Meaning(string reason) =>
        reason switch
        {
            "shape" => "Not the heartbeat of the contract, or over 512 bytes (0x99)",
            "retain" => "RETAIN was set (0x99)",
            "topic" => "A topic that is not the device's own (0x87)",
            "rate" => "More than a device may send (0x97)",
            "qos" => "QoS 0 or 2 (session ended, 0x9B)",
            "size" => "A packet over the transport cap (session ended, 0x95)",
            "malformed" => "Not a packet of MQTT (session ended, 0x81)",
            "alias" => "A topic alias (session ended, 0x94)",
            "forbidden" => "A branch of a vendor's topics that nobody may keep; refused unread",
            _ => "",
        };

    public static string Meaning(PresenceState state) =>
        state switch
        {
            PresenceState.Online => "heard within half the deadline",
            PresenceState.Late => "within the deadline, past half of it",
            PresenceState.Silent => "past the deadline",
            PresenceState.Disconnected => "session broke without a farewell",
            PresenceState.Docked => "say so themselves",
            _ => "never heard, planned and removed ones too, or the registry cannot tell",
        };

    public async Task OnGetAsync()
    {
        View = await now.LookAsync(HttpContext.RequestAborted);
        Words = View.Words;
    }
}
