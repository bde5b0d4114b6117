using System.Net;
using System.Text.RegularExpressions;
using AngleSharp;
using AngleSharp.Html.Dom;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Devices.Enrolment;
using SurveillanceRegistry.Domain.Presence;
using SurveillanceRegistry.Domain.Staff;
using SurveillanceRegistry.Web.Tests.Fixtures;

namespace SurveillanceRegistry.Web.Tests.Staff.Devices;

/// <summary>
/// Devices, gateways and their credentials on staff pages: forms without JavaScript, secrets shown once, mobile units for few.
/// </summary>
public sealed class DeviceStaffPagesTests(StaffedCity house) : IClassFixture<StaffedCity>
{
    private const string Camera = "east-precinct-lobby-1";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private InMemoryEnrolment Enrolled => house.City.Enrolled;

    private Device Mobile => house.City.Opening.Devices.First(device => device.KindOf.IsMobile);

    [Fact]
    public async Task A_clerk_registers_a_device_and_hands_it_a_secret_that_is_shown_once()
    {
        using var clerk = await SignedInAsync(Role.DeviceClerk);
        var answer = await clerk.PostAsync(
            "/staff/devices/new",
            ("id", "lobby-cam-90"),
            ("kind", "facility-camera"),
            ("sensors", "video"),
            ("sensors", "audio"),
            ("place", SampleCity.Lobby),
            ("fleet", ""),
            ("department", "police"),
            ("lifecycle", "installed"),
            ("gateway", ""),
            ("deadlineSeconds", "45"),
            ("reason", "New in the lobby.")
        );
        Assert.Equal(
            (HttpStatusCode.Redirect, "/staff/devices/lobby-cam-90?done=registered"),
            (answer.StatusCode, answer.Headers.Location?.ToString())
        );
        Assert.Equal(45, (await house.City.Part<IDeviceRegister>().FindAsync("lobby-cam-90", Cancellation))!.DeadlineSeconds);
        Assert.Contains(
            "cannot sign in before it has a credential",
            await TextAsync(clerk, "/staff/devices/lobby-cam-90?done=registered"),
            StringComparison.Ordinal
        );

        var (issued, page) = await clerk.PostToAsync(
            "/staff/devices/lobby-cam-90",
            "Issue",
            ("seen", await SeenAsync(clerk, "/staff/devices/lobby-cam-90")),
            ("credential-kind", "secret"),
            ("issue-reason", "First sign-in.")
        );
        Assert.Equal((HttpStatusCode.OK, true), (issued.StatusCode, issued.Headers.CacheControl!.NoStore));
        var secret = Regex.Match(page, "<code class=\"secret\">([^<]+)</code>").Groups[1].Value;
        var held = Assert.Single((await Enrolled.FindAsync("lobby-cam-90", Cancellation))!.Credentials);
        Assert.True(DeviceSecret.Matches(System.Text.Encoding.UTF8.GetBytes(secret), held.Sha256.AsSpan()));
        Assert.DoesNotContain(secret, await TextAsync(clerk, "/staff/devices/lobby-cam-90"), StringComparison.Ordinal);
        var (_, _, by, reason) = Enrolled.Acts.Last(act => act.Holder == "lobby-cam-90");
        Assert.Equal(("device-clerk", "police", "First sign-in."), (by.Role, by.Department, reason));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_clerk_reads_how_the_session_of_a_device_ended_that_is_not_heard(bool isMobile)
    {
        var device = isMobile
            ? house.City.Opening.Devices.Last(device => device.KindOf.IsMobile)
            : house.City.Opening.Devices.First(device => device.Id == "city-hall-lobby-1");
        device = (await house.City.Part<IDeviceRegister>().FindAsync(device.Id, Cancellation))!;
        using var clerk = await SignedInAsync(Role.DeviceClerk);
        await house.City.Hears(device.Id, CaptureReport.Every(device.Sensors, Mode.Recorded));
        Assert.DoesNotContain("data-session-end", await TextAsync(clerk, $"/staff/devices/{device.Id}"), StringComparison.Ordinal);

        await house.City.Dies(device, SessionEnd.Refused);
        Assert.Contains(
            "data-session-end=\"refused\">The registry ended it over what the client sent",
            await TextAsync(clerk, $"/staff/devices/{device.Id}"),
            StringComparison.Ordinal
        );
        using var anybody = await house.City.Reader.GetAsync($"/api/v1/devices/{device.Id}", Cancellation);
        Assert.Equal(isMobile, anybody.StatusCode == HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_form_that_is_sent_again_makes_no_second_secret()
    {
        using var clerk = await SignedInAsync(Role.DeviceClerk);
        const string Page = "/staff/devices/" + Camera;
        var seen = await SeenAsync(clerk, Page);
        (string, string)[] form = [("seen", seen), ("credential-kind", "secret"), ("issue-reason", "Rotated.")];
        await clerk.PostToAsync(Page, "Issue", form);
        var before = (await Enrolled.CredentialsAsync(Camera, Cancellation)).Length;
        var (again, text) = await clerk.PostToAsync(Page, "Issue", form);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, again.StatusCode);
        Assert.Contains("Something was issued since you opened this form", text, StringComparison.Ordinal);
        Assert.Equal(before, (await Enrolled.CredentialsAsync(Camera, Cancellation)).Length);
    }

    [Fact]
    public async Task A_clerk_ends_a_credential_with_a_reason_and_not_without()
    {
        using var clerk = await SignedInAsync(Role.DeviceClerk);
        const string Page = "/staff/devices/east-precinct-lobby-2";
        await clerk.PostToAsync(
            Page,
            "Issue",
            ("seen", await SeenAsync(clerk, Page)),
            ("credential-kind", "secret"),
            ("issue-reason", "New.")
        );
        var number = $"{(await Enrolled.CredentialsAsync("east-precinct-lobby-2", Cancellation))[0].Number}";
        var (without, text) = await clerk.PostToAsync(Page, "End", ("credential", number), ("end-reason", " "));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, without.StatusCode);
        Assert.Contains("href=\"#end-reason\"", text, StringComparison.Ordinal);
        var (ended, _) = await clerk.PostToAsync(Page, "End", ("credential", number), ("end-reason", "Stolen."));
        Assert.Equal(Page + "?done=ended", ended.Headers.Location?.ToString());
        Assert.Empty((await Enrolled.FindAsync("east-precinct-lobby-2", Cancellation))!.Credentials);
        Assert.Contains("credential-ended", Enrolled.Acts.Where(act => act.Reason == "Stolen.").Select(act => act.Act));
    }

    [Fact]
    public async Task A_clerk_makes_a_claim_code_that_the_installer_uses_once()
    {
        using var clerk = await SignedInAsync(Role.DeviceClerk);
        const string Page = "/staff/devices/city-hall-lobby-1";
        var (_, page) = await clerk.PostToAsync(
            Page,
            "Issue",
            ("seen", await SeenAsync(clerk, Page)),
            ("credential-kind", "claim"),
            ("issue-reason", "To be installed.")
        );
        var code = Regex.Match(page, "<code class=\"secret\">([^<]+)</code>").Groups[1].Value;
        Assert.Matches("^[2-9A-Z]{5}(-[2-9A-Z]{5}){3}$", code);
        Assert.Equal(
            "city-hall-lobby-1",
            await Enrolled.ClaimAsync(ClaimCode.Hash(code), DeviceSecret.Hash("x"), house.City.Time.GetUtcNow(), Cancellation)
        );
    }

    [Fact]
    public async Task A_change_is_registered_for_who_has_seen_the_last_version_and_a_wrong_one_comes_back_with_what_was_typed()
    {
        using var clerk = await SignedInAsync(Role.DeviceClerk);
        const string Page = "/staff/devices/city-hall-lobby-2";
        var before = (await house.City.Part<IDeviceRegister>().FindAsync("city-hall-lobby-2", Cancellation))!;
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

        var (wrong, text) = await clerk.PostToAsync(Page, "Change", Form("1", "paused", "soon"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, wrong.StatusCode);
        var typed = await DocumentAsync(text);
        Assert.Equal(
            ("soon", "true"),
            (
                ((IHtmlInputElement)typed.QuerySelector("#deadlineSeconds")!).Value,
                typed.QuerySelector("#deadlineSeconds")!.GetAttribute("aria-invalid")
            )
        );
        Assert.Equal("Out of order.", ((IHtmlInputElement)typed.QuerySelector("#change-reason")!).Value);

        Assert.Equal(
            Page + "?done=changed",
            (await clerk.PostToAsync(Page, "Change", Form("1", "paused"))).Answer.Headers.Location?.ToString()
        );
        Assert.Contains("changed meanwhile", (await clerk.PostToAsync(Page, "Change", Form("1", "active"))).Text, StringComparison.Ordinal);
        Assert.Equal(
            Page + "?done=removed",
            (await clerk.PostToAsync(Page, "Change", Form("2", "removed"))).Answer.Headers.Location?.ToString()
        );
        Assert.Contains("gets no credentials", await TextAsync(clerk, Page), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Whoever_is_no_clerk_reads_of_fixed_devices_and_does_nothing()
    {
        using var editor = await SignedInAsync(Role.Editor);
        const string Page = "/staff/devices/" + Camera;
        var page = await DocumentAsync(await TextAsync(editor, Page));
        Assert.Empty(page.QuerySelectorAll("main form"));
        Assert.Null(page.QuerySelector("#credentials"));
        foreach (
            var (address, handler) in new[] { (Page, "Issue"), (Page, "End"), (Page, "Change"), (Page, "Forget"), ("/staff/gateways", "") }
        )
        {
            var acts = Enrolled.Acts.Count;
            var (answer, _) = await editor.PostToAsync(
                address,
                handler,
                ("credential-kind", "secret"),
                ("issue-reason", "x"),
                ("reason", "x"),
                ("id", "y")
            );
            Assert.StartsWith("/staff/not-allowed", answer.Headers.Location!.PathAndQuery, StringComparison.Ordinal);
            Assert.Equal(acts, Enrolled.Acts.Count);
        }

        Assert.StartsWith(
            "/staff/not-allowed",
            (await editor.GetAsync("/staff/devices/new")).Headers.Location!.PathAndQuery,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_single_mobile_unit_is_nobody_s_but_the_clerk_s_and_the_auditor_s_and_they_leave_a_trace()
    {
        var page = "/staff/devices/" + Mobile.Id;
        foreach (var role in Enum.GetValues<Role>())
        {
            using var visitor = await SignedInAsync(role);
            var readings = Enrolled.Readings.Count;
            using var answer = await visitor.GetAsync(page);
            using var list = await visitor.GetAsync("/staff/devices?fleet=" + Mobile.Fleet);
            if (role is not (Role.DeviceClerk or Role.Auditor))
            {
                Assert.Equal(
                    (HttpStatusCode.NotFound, HttpStatusCode.Redirect, readings),
                    (answer.StatusCode, list.StatusCode, Enrolled.Readings.Count)
                );
                Assert.DoesNotContain(Mobile.Id, await TextAsync(visitor, "/staff/devices"), StringComparison.Ordinal);
                Assert.DoesNotContain("name=\"fleet\"", await TextAsync(visitor, "/staff/devices"), StringComparison.Ordinal);
                continue;
            }

            Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (answer.StatusCode, list.StatusCode));
            var shown = (await DocumentAsync(await list.Content.ReadAsStringAsync(Cancellation)))
                .QuerySelectorAll("[data-device]")
                .Select(row => row.GetAttribute("data-device")!)
                .ToArray();
            Assert.NotEmpty(shown);
            Assert.Equal(
                [(Mobile.Id, "state"), (Mobile.Id, "acts"), .. shown.Select(id => (id, "list"))],
                Enrolled.Readings.Skip(readings).Select(reading => (reading.Device, reading.What))
            );
            Assert.Equal(
                role == Role.Auditor,
                (await DocumentAsync(await answer.Content.ReadAsStringAsync(Cancellation))).QuerySelectorAll("main form").Length == 0
            );
        }
    }

    [Fact]
    public async Task What_was_done_to_a_mobile_unit_stands_on_its_page_with_who_did_it_and_why()
    {
        using var clerk = await SignedInAsync(Role.DeviceClerk);
        var unit = house.City.Opening.Devices.Last(device => device.KindOf.IsMobile && device.Gateway is null);
        var (answer, _) = await clerk.PostToAsync(
            "/staff/devices/" + unit.Id,
            "Change",
            [
                ("version", "1"),
                .. unit.Sensors.Select(sensor => ("sensors", Domain.Json.Word(sensor))),
                ("fleet", unit.Fleet!),
                ("department", unit.Department),
                ("lifecycle", "paused"),
                ("gateway", ""),
                ("deadlineSeconds", ""),
                ("change-reason", $"{unit.Id} was lost."),
            ]
        );
        Assert.EndsWith("?done=changed", answer.Headers.Location?.ToString());

        using var auditor = await SignedInAsync(Role.Auditor);
        var acts = (await DocumentAsync(await TextAsync(auditor, "/staff/devices/" + unit.Id))).QuerySelectorAll("[data-act]");
        Assert.Equal(["device-changed", "device-registered"], acts.Select(act => act.GetAttribute("data-act")));
        Assert.Matches(
            $"device-clerk, st-[a-z0-9]+.*{unit.Fleet}.*paused.*{unit.Id} was lost\\.",
            Regex.Replace(acts[0].TextContent, "\\s+", " ")
        );
        Assert.Empty((await DocumentAsync(await TextAsync(auditor, "/staff/devices/" + Camera))).QuerySelectorAll("[data-act]"));
    }

    [Fact]
    public async Task The_list_is_read_in_pages_and_by_place()
    {
        using var clerk = await SignedInAsync(Role.DeviceClerk);
        var ids = new List<string>();
        for (var address = "/staff/devices"; ; )
        {
            var page = await DocumentAsync(await TextAsync(clerk, address));
            ids.AddRange(page.QuerySelectorAll("[data-device]").Select(row => row.GetAttribute("data-device")!));
            if (page.QuerySelectorAll("main a").FirstOrDefault(link => link.TextContent == "Next devices") is not { } next)
                break;
            address = next.GetAttribute("href")!;
        }

        var all = (await house.City.Part<IDeviceRegister>().AllAsync(Cancellation))
            .Where(device => !device.KindOf.IsMobile)
            .Select(device => device.Id)
            .Order(StringComparer.Ordinal);
        Assert.Equal(all, ids);
        var lobby = await DocumentAsync(await TextAsync(clerk, "/staff/devices?place=" + SampleCity.Lobby + "&q=lobby-1"));
        Assert.Contains(Camera, lobby.QuerySelectorAll("[data-device]").Select(row => row.GetAttribute("data-device")));
        Assert.DoesNotContain("city-hall-lobby-1", lobby.QuerySelectorAll("[data-device]").Select(row => row.GetAttribute("data-device")));
    }

    [Fact]
    public async Task A_clerk_registers_a_gateway_gives_it_a_secret_and_takes_it_out_of_service()
    {
        using var clerk = await SignedInAsync(Role.DeviceClerk);
        const string Page = "/staff/gateways/garage-recorder";
        var answer = await clerk.PostAsync(
            "/staff/gateways",
            ("id", "garage-recorder"),
            ("department", "police"),
            ("profile", "lobby-recorder"),
            ("reason", "In the garage.")
        );
        Assert.Equal(Page + "?done=registered", answer.Headers.Location?.ToString());
        Assert.Equal(
            HttpStatusCode.UnprocessableEntity,
            (
                await clerk.PostAsync(
                    "/staff/gateways",
                    ("id", "garage-recorder"),
                    ("department", "police"),
                    ("profile", ""),
                    ("reason", "Again.")
                )
            ).StatusCode
        );
        var (_, page) = await clerk.PostToAsync(
            Page,
            "Issue",
            ("seen", await SeenAsync(clerk, Page)),
            ("credential-kind", "secret"),
            ("issue-reason", "First.")
        );
        Assert.Contains("<code class=\"secret\">", page, StringComparison.Ordinal);
        Assert.Contains("garage-recorder", await TextAsync(clerk, "/staff/gateways"), StringComparison.Ordinal);
        var (removed, _) = await clerk.PostToAsync(
            Page,
            "Change",
            ("version", "1"),
            ("department", "police"),
            ("profile", ""),
            ("removed", "yes"),
            ("change-reason", "Gone.")
        );
        Assert.Equal(Page + "?done=removed", removed.Headers.Location?.ToString());
        Assert.Null(await Enrolled.FindAsync("garage-recorder", Cancellation));
        Assert.Equal(HttpStatusCode.NotFound, (await clerk.GetAsync("/staff/gateways/nobody")).StatusCode);
    }

    private async Task<Visitor> SignedInAsync(Role role)
    {
        var (member, _, password) = house.City.Staff.Adds($"{Domain.Json.Word(role)}-{Guid.NewGuid():n}", role);
        var visitor = house.Visitor();
        await visitor.SignInAsync(member.SignIn, password);
        return visitor;
    }

    private static async Task<string> TextAsync(Visitor visitor, string address)
    {
        using var answer = await visitor.GetAsync(address);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return await answer.Content.ReadAsStringAsync(Cancellation);
    }

    private static async Task<string> SeenAsync(Visitor visitor, string page) =>
        ((IHtmlInputElement)(await DocumentAsync(await TextAsync(visitor, page))).QuerySelector("input[name=seen]")!).Value;

    private static Task<AngleSharp.Dom.IDocument> DocumentAsync(string html) =>
        BrowsingContext.New(Configuration.Default).OpenAsync(request => request.Content(html), Cancellation);
}
