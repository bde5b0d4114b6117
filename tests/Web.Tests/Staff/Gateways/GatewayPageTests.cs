using System.Net;
using SurveillanceRegistry.Domain.Staff;
using SurveillanceRegistry.Web.Tests.Fixtures;
using SurveillanceRegistry.Web.Tests.Staff.Devices;

namespace SurveillanceRegistry.Web.Tests.Staff.Gateways;

/// <summary>The list of gateways, and the page of one gateway.</summary>
[Collection(DeviceStaffPages.Name)]
public sealed class GatewayPageTests(StaffedCity staffed)
{
    private const string Id = "garage-recorder",
        Page = "/staff/gateways/" + Id;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_clerk_registers_a_gateway_issues_a_secret_and_removes_it()
    {
        using var clerk = await staffed.SignedInAsync(Role.DeviceClerk);

        var registered = await RegisterAsync(clerk, "lobby-recorder", "In the garage.");
        Assert.Equal(Page + "?done=registered", registered.Headers.Location?.ToString());
        Assert.Contains(Id, await clerk.HtmlAsync("/staff/gateways"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await RegisterAsync(clerk, "", "Again.")).StatusCode);

        var (_, html) = await clerk.PostToAsync(
            Page,
            "Issue",
            ("seen", await clerk.SeenAsync(Page)),
            ("credential-kind", "secret"),
            ("issue-reason", "First.")
        );
        Assert.Contains("<code class=\"secret\">", html);

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
        var versions = (await clerk.DocumentAsync(Page)).QuerySelectorAll("tr[data-version]");
        Assert.Equal(["2", "1"], versions.Select(row => row.GetAttribute("data-version")));
        Assert.Contains("Gone.", versions[0].TextContent);
        Assert.Null(await staffed.City.Enrolled.FindAsync(Id, Cancellation));
        Assert.Equal(HttpStatusCode.NotFound, (await clerk.GetAsync("/staff/gateways/unknown")).StatusCode);
    }

    private static Task<HttpResponseMessage> RegisterAsync(Visitor clerk, string profile, string reason) =>
        clerk.PostAsync("/staff/gateways", ("id", Id), ("department", "police"), ("profile", profile), ("reason", reason));
}
