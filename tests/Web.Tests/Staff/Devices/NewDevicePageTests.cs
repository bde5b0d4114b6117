using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Devices.Enrolment;
using SurveillanceRegistry.Domain.Staff;
using SurveillanceRegistry.Web.Tests.Fixtures;

namespace SurveillanceRegistry.Web.Tests.Staff.Devices;

/// <summary>The form that registers a device.</summary>
[Collection(DeviceStaffPages.Name)]
public sealed class NewDevicePageTests(StaffedCity staffed)
{
    private const string Id = "lobby-cam-90",
        Page = "/staff/devices/" + Id;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_clerk_registers_a_device_and_issues_a_secret_that_is_shown_once()
    {
        using var clerk = await staffed.SignedInAsync(Role.DeviceClerk);

        var response = await clerk.PostAsync(
            "/staff/devices/new",
            ("id", Id),
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
        Assert.Equal((HttpStatusCode.Redirect, Page + "?done=registered"), (response.StatusCode, response.Headers.Location?.ToString()));
        Assert.Equal(45, (await staffed.City.Part<IDeviceRegister>().FindAsync(Id, Cancellation))!.DeadlineSeconds);
        Assert.Contains("cannot sign in before it has a credential", await clerk.HtmlAsync(Page + "?done=registered"));

        var (issued, html) = await clerk.PostToAsync(
            Page,
            "Issue",
            ("seen", await clerk.SeenAsync(Page)),
            ("credential-kind", "secret"),
            ("issue-reason", "First sign-in.")
        );
        Assert.Equal((HttpStatusCode.OK, true), (issued.StatusCode, issued.Headers.CacheControl!.NoStore));
        var secret = Regex.Match(html, "<code class=\"secret\">([^<]+)</code>").Groups[1].Value;
        var credential = Assert.Single((await staffed.City.Enrolled.FindAsync(Id, Cancellation))!.Credentials);
        Assert.True(DeviceSecret.Matches(Encoding.UTF8.GetBytes(secret), credential.Sha256.AsSpan()));
        Assert.DoesNotContain(secret, await clerk.HtmlAsync(Page));

        var (_, _, by, reason) = staffed.City.Enrolled.Acts.Last(act => act.Holder == Id);
        Assert.Equal(("device-clerk", "police", "First sign-in."), (by.Role, by.Department, reason));
    }
}
