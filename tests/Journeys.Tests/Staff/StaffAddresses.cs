namespace SurveillanceRegistry.Journeys.Tests.Staff;

/// <summary>The addresses of staff pages that every check of all pages visits.</summary>
internal static class StaffAddresses
{
    public static readonly string[] Pages =
    [
        "/staff",
        "/staff/table",
        "/staff/table?technology=alpr&columns=standing&columns=source&asOf=2026-03-29",
        "/staff/changes",
        "/staff/changes?state=draft",
        "/staff/import",
        "/staff/review",
        "/staff/account",
        "/staff/account/mail",
        "/staff/stop-mail/unknown",
        "/staff/search?q=camera",
        "/staff/instruments/spd-manual-16.170",
        "/staff/change/spd-manual-16.170/1/alpr",
        "/staff/amend/spd-manual-16.170/alpr",
        "/staff/amend/smc-14.18",
        "/staff/edit/spd-manual-16.170/1",
        "/staff/edit/spd-manual-16.170/1/alpr",
        "/staff/not-allowed",
    ];

    public static readonly string[] OfTheClerk =
    [
        "/staff/devices",
        "/staff/devices?fleet=body-worn-east",
        "/staff/devices/new",
        "/staff/devices/east-precinct-lobby-1",
        "/staff/devices/body-worn-east-01",
        "/staff/gateways",
        "/staff/imports",
        "/staff/gateways/axe-gateway",
    ];

    public static readonly string[] OfTheAdministrator = ["/staff/ingest", "/staff/webhooks"];
}
