using System.Net;
using System.Text.RegularExpressions;
using AngleSharp.Html.Dom;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Presence;
using SurveillanceRegistry.Domain.Staff;
using SurveillanceRegistry.Web.Tests.Fixtures;

namespace SurveillanceRegistry.Web.Tests.Staff.Devices;

/// <summary>The page of one device: its state, its registration, and the trace that each action and reading leaves.</summary>
[Collection(DeviceStaffPages.Name)]
public sealed class DevicePageTests(StaffedCity staffed)
{
    private const string Camera = "east-precinct-lobby-1";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_clerk_sees_how_the_session_of_an_unheard_device_ended(bool isMobile)
    {
        var device = isMobile
            ? staffed.City.Opening.Devices.Last(device => device.KindOf.IsMobile)
            : staffed.City.Opening.Devices.First(device => device.Id == "city-hall-lobby-1");
        device = (await staffed.City.Part<IDeviceRegister>().FindAsync(device.Id, Cancellation))!;
        var page = $"/staff/devices/{device.Id}";
        using var clerk = await staffed.SignedInAsync(Role.DeviceClerk);

        await staffed.City.Hears(device.Id, CaptureReport.ForAll(device.Sensors, Mode.Recorded));
        Assert.DoesNotContain("data-session-end", await clerk.HtmlAsync(page));

        await staffed.City.Dies(device, SessionEnd.Refused);
        Assert.Contains("data-session-end=\"refused\">The registry disconnected the device", await clerk.HtmlAsync(page));

        using var anonymous = await staffed.City.Reader.GetAsync($"/api/v1/devices/{device.Id}", Cancellation);
        Assert.Equal(isMobile, anonymous.StatusCode == HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_change_needs_the_latest_version_and_an_error_keeps_what_was_typed()
    {
        using var clerk = await staffed.SignedInAsync(Role.DeviceClerk);
        const string Page = "/staff/devices/city-hall-lobby-2";
        var before = (await staffed.City.Part<IDeviceRegister>().FindAsync("city-hall-lobby-2", Cancellation))!;

        var (invalid, html) = await clerk.PostToAsync(Page, "Change", Form("1", "paused", "soon"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, invalid.StatusCode);
        var document = await Visitor.ParseAsync(html);
        var deadline = (IHtmlInputElement)document.QuerySelector("#deadlineSeconds")!;
        Assert.Equal(("soon", "true"), (deadline.Value, deadline.GetAttribute("aria-invalid")));
        Assert.Equal("Out of order.", ((IHtmlInputElement)document.QuerySelector("#change-reason")!).Value);

        var changed = await clerk.PostToAsync(Page, "Change", Form("1", "paused"));
        Assert.Equal(Page + "?done=changed", changed.Answer.Headers.Location?.ToString());
        var stale = await clerk.PostToAsync(Page, "Change", Form("1", "active"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, stale.Answer.StatusCode);
        Assert.Contains("id=\"faults\"", stale.Text);

        var removed = await clerk.PostToAsync(Page, "Change", Form("2", "removed"));
        Assert.Equal(Page + "?done=removed", removed.Answer.Headers.Location?.ToString());
        Assert.Contains("Credentials cannot be issued", await clerk.HtmlAsync(Page));

        (string, string)[] Form(string version, string lifecycle, string deadline = "") =>
            [
                ("version", version),
                .. before.Sensors.Select(sensor => ("sensors", Domain.Json.Word(sensor))),
                ("place", before.Place!),
                ("department", before.Department),
                ("lifecycle", lifecycle),
                ("gateway", ""),
                ("deadlineSeconds", deadline),
                ("change-reason", "Out of order."),
            ];
    }

    [Fact]
    public async Task Staff_who_are_not_clerks_can_view_fixed_devices_but_not_act()
    {
        using var editor = await staffed.SignedInAsync(Role.Editor);
        const string Page = "/staff/devices/" + Camera;
        var document = await editor.DocumentAsync(Page);
        Assert.Empty(document.QuerySelectorAll("main form"));
        Assert.Null(document.QuerySelector("#credentials"));

        (string Address, string Handler)[] actions =
        [
            (Page, "Issue"),
            (Page, "End"),
            (Page, "Change"),
            (Page, "Forget"),
            ("/staff/gateways", ""),
        ];
        foreach (var (address, handler) in actions)
        {
            var acts = staffed.City.Enrolled.Acts.Count;
            var (response, _) = await editor.PostToAsync(
                address,
                handler,
                ("credential-kind", "secret"),
                ("issue-reason", "x"),
                ("reason", "x"),
                ("id", "y")
            );
            AssertAccessDenied(response);
            Assert.Equal(acts, staffed.City.Enrolled.Acts.Count);
        }

        AssertAccessDenied(await editor.GetAsync("/staff/devices/new"));
    }

    [Fact]
    public async Task Only_clerks_and_auditors_see_a_single_mobile_device_and_it_is_recorded()
    {
        var mobile = staffed.City.Opening.Devices.First(device => device.KindOf.IsMobile);
        foreach (var role in Enum.GetValues<Role>())
        {
            using var visitor = await staffed.SignedInAsync(role);
            if (role is Role.DeviceClerk or Role.Auditor)
                await AssertShownAndRecordedAsync(visitor, mobile, mayAct: role == Role.DeviceClerk);
            else
                await AssertHiddenAsync(visitor, mobile);
        }
    }

    [Fact]
    public async Task The_page_of_a_mobile_device_shows_each_action_with_actor_and_reason()
    {
        using var clerk = await staffed.SignedInAsync(Role.DeviceClerk);
        var device = staffed.City.Opening.Devices.Last(device => device.KindOf.IsMobile && device.Gateway is null);
        var (response, _) = await clerk.PostToAsync(
            "/staff/devices/" + device.Id,
            "Change",
            [
                ("version", "1"),
                .. device.Sensors.Select(sensor => ("sensors", Domain.Json.Word(sensor))),
                ("fleet", device.Fleet!),
                ("department", device.Department),
                ("lifecycle", "paused"),
                ("gateway", ""),
                ("deadlineSeconds", ""),
                ("change-reason", $"{device.Id} was lost."),
            ]
        );
        Assert.EndsWith("?done=changed", response.Headers.Location?.ToString());

        using var auditor = await staffed.SignedInAsync(Role.Auditor);
        var acts = (await auditor.DocumentAsync("/staff/devices/" + device.Id)).QuerySelectorAll("[data-act]");
        Assert.Equal(["device-changed", "device-registered"], acts.Select(act => act.GetAttribute("data-act")));
        Assert.Matches(
            $"device-clerk, st-[a-z0-9]+.*{device.Fleet}.*paused.*{device.Id} was lost\\.",
            Regex.Replace(acts[0].TextContent, "\\s+", " ")
        );
        Assert.Empty((await auditor.DocumentAsync("/staff/devices/" + Camera)).QuerySelectorAll("[data-act]"));
    }

    private async Task AssertHiddenAsync(Visitor visitor, Device mobile)
    {
        var readings = staffed.City.Enrolled.Reads.Count;
        using var page = await visitor.GetAsync("/staff/devices/" + mobile.Id);
        using var list = await visitor.GetAsync("/staff/devices?fleet=" + mobile.Fleet);
        Assert.Equal((HttpStatusCode.NotFound, HttpStatusCode.Redirect), (page.StatusCode, list.StatusCode));
        Assert.Equal(readings, staffed.City.Enrolled.Reads.Count);

        var unfiltered = await visitor.HtmlAsync("/staff/devices");
        Assert.DoesNotContain(mobile.Id, unfiltered);
        Assert.DoesNotContain("name=\"fleet\"", unfiltered);
    }

    private async Task AssertShownAndRecordedAsync(Visitor visitor, Device mobile, bool mayAct)
    {
        var readings = staffed.City.Enrolled.Reads.Count;
        var page = await visitor.DocumentAsync("/staff/devices/" + mobile.Id);
        var list = await visitor.DocumentAsync("/staff/devices?fleet=" + mobile.Fleet);
        var shown = list.QuerySelectorAll("[data-device]").Select(row => row.GetAttribute("data-device")!).ToArray();
        Assert.NotEmpty(shown);
        Assert.Equal(
            [(mobile.Id, "state"), (mobile.Id, "acts"), .. shown.Select(id => (id, "list"))],
            staffed.City.Enrolled.Reads.Skip(readings).Select(reading => (reading.Device, reading.What))
        );
        Assert.Equal(mayAct, page.QuerySelectorAll("main form").Length > 0);
    }

    private static void AssertAccessDenied(HttpResponseMessage response) =>
        Assert.StartsWith("/staff/not-allowed", response.Headers.Location!.OriginalString, StringComparison.Ordinal);
}
