using System.Net;
using System.Text.RegularExpressions;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Devices.Enrolment;
using SurveillanceRegistry.Domain.Staff;
using SurveillanceRegistry.Web.Tests.Fixtures;
using SurveillanceRegistry.Web.Tests.Staff.Devices;

namespace SurveillanceRegistry.Web.Tests.Staff.Credentials;

/// <summary>The forms that issue and revoke the credentials of a device.</summary>
[Collection(DeviceStaffPages.Name)]
public sealed class CredentialsTests(StaffedCity staffed)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private InMemoryEnrolment Enrolment => staffed.City.Enrolled;

    [Fact]
    public async Task A_form_that_is_submitted_again_issues_no_second_secret()
    {
        const string Id = "east-precinct-lobby-1",
            Page = "/staff/devices/" + Id;
        using var clerk = await staffed.SignedInAsync(Role.DeviceClerk);
        (string, string)[] form = [("seen", await clerk.SeenAsync(Page)), ("credential-kind", "secret"), ("issue-reason", "Rotated.")];
        await clerk.PostToAsync(Page, "Issue", form);
        var issued = (await Enrolment.CredentialsAsync(Id, Cancellation)).Length;

        var (again, html) = await clerk.PostToAsync(Page, "Issue", form);

        Assert.Equal(HttpStatusCode.UnprocessableEntity, again.StatusCode);
        Assert.Contains("A credential was issued since you opened this form", html);
        Assert.Equal(issued, (await Enrolment.CredentialsAsync(Id, Cancellation)).Length);
    }

    [Fact]
    public async Task A_clerk_revokes_a_credential_only_with_a_reason()
    {
        const string Id = "east-precinct-lobby-2",
            Page = "/staff/devices/" + Id;
        using var clerk = await staffed.SignedInAsync(Role.DeviceClerk);
        await clerk.PostToAsync(
            Page,
            "Issue",
            ("seen", await clerk.SeenAsync(Page)),
            ("credential-kind", "secret"),
            ("issue-reason", "New.")
        );
        var number = $"{(await Enrolment.CredentialsAsync(Id, Cancellation))[0].Number}";

        var (withoutReason, html) = await clerk.PostToAsync(Page, "End", ("credential", number), ("end-reason", " "));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, withoutReason.StatusCode);
        Assert.Contains("href=\"#end-reason\"", html);

        var (revoked, _) = await clerk.PostToAsync(Page, "End", ("credential", number), ("end-reason", "Stolen."));
        Assert.Equal(Page + "?done=ended", revoked.Headers.Location?.ToString());
        Assert.Empty((await Enrolment.FindAsync(Id, Cancellation))!.Credentials);
        Assert.Contains("credential-ended", Enrolment.Acts.Where(act => act.Reason == "Stolen.").Select(act => act.Act));
    }

    [Fact]
    public async Task A_clerk_issues_a_claim_code_that_the_installer_uses_once()
    {
        const string Id = "city-hall-lobby-1",
            Page = "/staff/devices/" + Id;
        using var clerk = await staffed.SignedInAsync(Role.DeviceClerk);

        var (_, html) = await clerk.PostToAsync(
            Page,
            "Issue",
            ("seen", await clerk.SeenAsync(Page)),
            ("credential-kind", "claim"),
            ("issue-reason", "To be installed.")
        );

        var code = Regex.Match(html, "<code class=\"secret\">([^<]+)</code>").Groups[1].Value;
        Assert.Matches("^[2-9A-Z]{5}(-[2-9A-Z]{5}){3}$", code);
        Assert.Equal(Id, await ClaimAsync(code));
        Assert.Null(await ClaimAsync(code));
    }

    private Task<string?> ClaimAsync(string code) =>
        Enrolment.ClaimAsync(ClaimCode.Hash(code), DeviceSecret.Hash("x"), staffed.City.Time.GetUtcNow(), Cancellation);
}
