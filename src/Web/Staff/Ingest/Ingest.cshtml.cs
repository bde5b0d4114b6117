using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc.RazorPages;
using SurveillanceRegistry.Domain.Presence;
using SurveillanceRegistry.Web.Access;
using SurveillanceRegistry.Web.Presence;

namespace SurveillanceRegistry.Web.Staff.Ingest;

/// <summary>
/// How this process receives heartbeats at the moment. The server renders the page; the script ingest.js only updates the figures.
/// </summary>
[Authorize(StaffPolicies.IngestViewer)]
public sealed class IngestModel(IngestOverview overview) : PageModel
{
    public IngestView View { get; private set; } = null!;

    /// <summary>The figures as text, by the name in <c>data-words</c>.</summary>
    public IReadOnlyDictionary<string, string> Words { get; private set; } = null!;

    /// <summary>What a reason for refusal means, and the reason code that the device receives.</summary>
    public static string Meaning(string reason) =>
        reason switch
        {
            "shape" => "Not a heartbeat as specified, or over 512 bytes (0x99)",
            "retain" => "RETAIN was set (0x99)",
            "topic" => "A topic that does not belong to the device (0x87)",
            "rate" => "Sent more often than allowed (0x97)",
            "qos" => "QoS 0 or 2 (disconnected, 0x9B)",
            "size" => "Packet larger than allowed (disconnected, 0x95)",
            "malformed" => "Not a valid MQTT packet (disconnected, 0x81)",
            "alias" => "Topic alias used (disconnected, 0x94)",
            "forbidden" => "A vendor topic whose data must not be stored; refused unread",
            _ => "",
        };

    public static string Meaning(PresenceState state) =>
        state switch
        {
            PresenceState.Online => "heard within half the deadline",
            PresenceState.Late => "heard within the deadline, but not within half of it",
            PresenceState.Silent => "not heard within the deadline",
            PresenceState.Disconnected => "connection lost without a normal disconnect",
            PresenceState.Docked => "reported by the device",
            PresenceState.Unknown => "never heard (including planned and removed devices), or the registry cannot tell",
            _ => throw new ArgumentOutOfRangeException(nameof(state), state, null),
        };

    public async Task OnGetAsync()
    {
        View = await overview.ReadAsync(HttpContext.RequestAborted);
        Words = View.Words;
    }
}
