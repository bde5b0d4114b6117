using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Staff;
using SurveillanceRegistry.Grains;
using SurveillanceRegistry.Web.Tests.Fixtures;
using SurveillanceRegistry.Web.Tests.Staff.Devices;

namespace SurveillanceRegistry.Web.Tests.Devices.Withdrawals;

/// <summary>A removal counts for the notice when a second person has confirmed it: on the staff pages and in the API.</summary>
[Collection(DeviceStaffPages.Name)]
public sealed class AbsenceConfirmationTests(StaffedCity staffed)
{
    private const string Place = "east-precinct-holding";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>A clerk removes a device, and the broker ends its session.</summary>
    private async Task<StaffMember> RemoveAsync(string deviceId)
    {
        var (clerk, token, _) = staffed.City.Staff.AddWithToken($"remover-{Guid.NewGuid():n}", Role.DeviceClerk);
        var register = staffed.City.Part<IDeviceRegister>();
        var version = await register.VersionAsync(deviceId, Cancellation);
        using var request = new HttpRequestMessage(HttpMethod.Patch, $"/api/v1/devices/{deviceId}")
        {
            Content = JsonContent.Create(new { lifecycle = "removed", reason = "Gone." }),
            Headers = { Authorization = new AuthenticationHeaderValue("Bearer", token) },
        };
        request.Headers.TryAddWithoutValidation("If-Match", $"\"{version}\"");
        using var response = await staffed.City.Reader.SendAsync(request, Cancellation);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        await staffed.City.Dies((await register.FindAsync(deviceId, Cancellation))!, Domain.Presence.SessionEnd.NotAuthorized);
        return clerk;
    }

    private async Task<bool> NamesAsync(string deviceId) =>
        (await staffed.City.Grains.Place(Place).Describe())!.Covering.Any(covered =>
            covered.Device.Id == deviceId && covered.PossibleCaptures[Capture.Video] == Mode.Recorded
        );

    private async Task<(HttpStatusCode Status, JsonNode Body)> SendAsync(string token, string address, object? body)
    {
        using var request = new HttpRequestMessage(body is null ? HttpMethod.Get : HttpMethod.Post, "/api/v1/" + address)
        {
            Content = body is null ? null : JsonContent.Create(body),
            Headers = { Authorization = new AuthenticationHeaderValue("Bearer", token) },
        };
        using var response = await staffed.City.Reader.SendAsync(request, Cancellation);
        return (response.StatusCode, JsonNode.Parse(await response.Content.ReadAsStringAsync(Cancellation))!);
    }

    [Fact]
    public async Task The_desk_leads_a_second_person_to_the_confirmation_of_a_removal()
    {
        const string Camera = "east-precinct-holding-2",
            Page = "/staff/devices/" + Camera;
        await RemoveAsync(Camera);
        Assert.True(await NamesAsync(Camera));

        using var inspector = await staffed.SignedInAsync(Role.PostingInspector);
        var listed = (await inspector.DocumentAsync("/staff")).QuerySelectorAll($"[data-awaiting='{Place}'] a");
        Assert.Contains(listed, link => link.GetAttribute("href") == Page);

        var (unread, _) = await inspector.PostToAsync(Page, "Confirm", ("confirm-place", Place), ("confirm-reason", " "));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, unread.StatusCode);
        Assert.True(await NamesAsync(Camera));

        var (confirmed, _) = await inspector.PostToAsync(
            Page,
            "Confirm",
            ("confirm-place", Place),
            ("confirm-reason", "An empty bracket.")
        );
        Assert.Equal(Page + "?done=confirmed", confirmed.Headers.Location?.ToString());
        Assert.False(await NamesAsync(Camera));
        Assert.Empty((await inspector.DocumentAsync(Page)).QuerySelectorAll("[data-awaiting]"));
    }

    [Fact]
    public async Task The_person_who_removed_a_camera_cannot_confirm_it_by_page_or_API()
    {
        const string Camera = "east-precinct-holding-3",
            Page = "/staff/devices/" + Camera;
        using var clerk = await staffed.SignedInAsync(Role.DeviceClerk);
        var before = (await staffed.City.Part<IDeviceRegister>().FindAsync(Camera, Cancellation))!;
        var (removed, _) = await clerk.PostToAsync(
            Page,
            "Change",
            ("version", "1"),
            ("sensors", "video"),
            ("place", before.Place!),
            ("department", before.Department),
            ("lifecycle", "removed"),
            ("gateway", ""),
            ("deadlineSeconds", ""),
            ("change-reason", "Gone.")
        );
        Assert.Equal(Page + "?done=removed", removed.Headers.Location?.ToString());

        var section = (await clerk.DocumentAsync(Page)).QuerySelector("[data-awaiting]")!;
        Assert.Contains("Another person confirms it.", section.TextContent, StringComparison.Ordinal);
        Assert.Null(section.QuerySelector("form"));
        var (refused, _) = await clerk.PostToAsync(Page, "Confirm", ("confirm-place", Place), ("confirm-reason", "I know."));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
        Assert.True(await NamesAsync(Camera));

        using var editor = await staffed.SignedInAsync(Role.Editor);
        var (forbidden, _) = await editor.PostToAsync(Page, "Confirm", ("confirm-place", Place), ("confirm-reason", "I know."));
        Assert.Equal(HttpStatusCode.Redirect, forbidden.StatusCode);
        Assert.True(await NamesAsync(Camera));
    }

    [Fact]
    public async Task The_API_lists_and_confirms_what_awaits_confirmation()
    {
        const string Camera = "east-precinct-holding-4";
        var remover = await RemoveAsync(Camera);
        var (_, token, _) = staffed.City.Staff.AddWithToken($"inspector-{Guid.NewGuid():n}", Role.PostingInspector);
        var (_, list) = await SendAsync(token, "withdrawals", null);
        var item = Assert.Single(list["items"]!.AsArray(), one => (string?)one!["device"] == Camera)!;
        Assert.Equal((Place, remover.Id), ((string?)item["place"], (string?)item["changes"]![0]!["by"]));
        Assert.Equal(["video"], item["captures"]!.AsArray().Select(capture => (string?)capture));

        var address = $"devices/{Camera}/confirm-absence";
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await SendAsync(token, address, new { place = Place })).Status);
        var elsewhere = await SendAsync(token, address, new { place = "city-hall-lobby", reason = "Seen." });
        Assert.Equal(HttpStatusCode.NotFound, elsewhere.Status);
        var (status, confirmed) = await SendAsync(token, address, new { place = Place, reason = "Seen." });
        Assert.Equal((HttpStatusCode.OK, 0), (status, confirmed["changes"]!.AsArray().Count));
        Assert.False(await NamesAsync(Camera));
        var again = await SendAsync(token, address, new { place = Place, reason = "Seen." });
        Assert.Equal((HttpStatusCode.Conflict, "/problems/wrong-state"), (again.Status, (string?)again.Body["type"]));
    }
}
