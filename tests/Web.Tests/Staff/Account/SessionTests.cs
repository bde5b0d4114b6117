using System.Net;
using System.Text.RegularExpressions;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Domain.Staff;
using SurveillanceRegistry.Web.Staff.Account;
using SurveillanceRegistry.Web.Tests.Fixtures;

namespace SurveillanceRegistry.Web.Tests.Staff.Account;

/// <summary>How a session of staff starts with a password, and how it ends.</summary>
public sealed class SessionTests(StaffedCity staffed) : IClassFixture<StaffedCity>
{
    private static readonly Attribution Operator = new("operator");

    private static int _lastPerson;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private (StaffMember Member, string Token, string Password) AddPerson(params Role[] roles) =>
        staffed.City.Staff.AddWithToken($"person-{Interlocked.Increment(ref _lastPerson)}", roles is [] ? [Role.Editor] : roles);

    private async Task<Visitor> SignedInAsync(StaffMember member, string password)
    {
        var visitor = staffed.Visitor();
        using var response = await visitor.SignInAsync(member.SignIn, password);
        Assert.Equal((HttpStatusCode.Redirect, "/staff/account"), (response.StatusCode, response.Headers.Location!.ToString()));
        Assert.True(await visitor.IsInAsync());
        return visitor;
    }

    [Fact]
    public async Task A_right_password_starts_a_session_in_a_cookie_for_staff_pages_only()
    {
        var (member, _, password) = AddPerson(Role.RecordsOfficer);
        using var visitor = staffed.Visitor();
        using var response = await visitor.SignInAsync(member.SignIn, password);
        var cookie = response
            .Headers.GetValues("Set-Cookie")
            .Single(value => value.StartsWith("registry-staff=", StringComparison.Ordinal));
        Assert.All(new[] { "httponly", "samesite=lax", "path=/staff" }, part => Assert.Contains(part, cookie));
        Assert.DoesNotContain("expires", cookie);
        using var page = await visitor.GetAsync("/staff/account");
        Assert.True(page.Headers.CacheControl!.NoStore);
        var text = await page.Content.ReadAsStringAsync(Cancellation);
        Assert.Contains(member.Name, text);
        Assert.Contains("records officer", text);
        Assert.Empty(visitor.Cookies.GetCookies(new Uri(staffed.City.Url + "/governance")));
    }

    [Fact]
    public async Task A_wrong_name_and_a_wrong_password_are_refused_with_the_same_message()
    {
        var (member, _, password) = AddPerson();
        var (gone, _, gonePassword) = AddPerson();
        await staffed.City.Staff.ChangeAsync(gone.Id, null, false, Operator, staffed.City.Time.GetUtcNow(), Cancellation);
        var messages = new List<string>();
        foreach (
            var (name, wrongPassword) in new[]
            {
                (member.SignIn, password + "x"),
                ("no" + member.SignIn[2..], password),
                (gone.SignIn, gonePassword),
                (member.SignIn, ""),
                ("", ""),
            }
        )
        {
            using var visitor = staffed.Visitor();
            using var response = await visitor.SignInAsync(name, wrongPassword);
            Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
            Assert.DoesNotContain(
                response.Headers.TryGetValues("Set-Cookie", out var cookies) ? cookies : [],
                cookie => cookie.StartsWith("registry-staff=", StringComparison.Ordinal)
            );
            messages.Add(
                Regex
                    .Match(await response.Content.ReadAsStringAsync(Cancellation), "role=\"alert\".*?</div>", RegexOptions.Singleline)
                    .Value
            );
            Assert.False(await visitor.IsInAsync());
        }

        Assert.NotEmpty(messages[0]);
        Assert.Single(messages.Distinct());
    }

    [Fact]
    public async Task Refusing_an_unknown_name_costs_as_much_as_refusing_a_known_one()
    {
        var (member, _, password) = AddPerson();
        // The register of these tests hashes cheaply, and here the product's own hash is measured.
        var hashed = new StoredPassword(Passwords.Hash(password), PasswordKind.Sample, null);
        await staffed.City.Staff.SetPasswordAsync(member.Id, hashed, Operator, staffed.City.Time.GetUtcNow(), Cancellation);
        var (known, unknown) = (await LeastAsync(member.SignIn), await LeastAsync("unknown@city.example"));
        // Without the check of a password, an unknown name would be refused with a hundredth of the work. Processor time is compared: how
        // long it takes depends on what else runs.
        Assert.True(unknown > known / 3, $"{unknown} against {known}");

        async Task<TimeSpan> LeastAsync(string name)
        {
            using var visitor = staffed.Visitor();
            var least = TimeSpan.MaxValue;
            for (var i = 0; i < 4; i++)
            {
                await visitor.GetAsync("/staff/sign-in");
                var start = Environment.CpuUsage.TotalTime;
                using var response = await visitor.SignInAsync(name, "a wrong password");
                var used = Environment.CpuUsage.TotalTime - start;
                least = least < used ? least : used;
            }

            return least;
        }
    }

    [Fact]
    public async Task A_form_of_another_site_neither_starts_nor_ends_a_session()
    {
        var (member, _, password) = AddPerson();
        using var stranger = staffed.Visitor();
        using var forged = await stranger.PostWithoutTokenAsync("/staff/sign-in", ("sign-in", member.SignIn), ("password", password));
        Assert.Equal(HttpStatusCode.BadRequest, forged.StatusCode);
        Assert.False(await stranger.IsInAsync());

        using var visitor = await SignedInAsync(member, password);
        using var forgedOut = await visitor.PostWithoutTokenAsync("/staff/sign-out");
        Assert.Equal(HttpStatusCode.BadRequest, forgedOut.StatusCode);
        Assert.True(await visitor.IsInAsync());
    }

    [Theory]
    [InlineData("https://elsewhere.example/staff")]
    [InlineData("//elsewhere.example/staff")]
    [InlineData("/\\elsewhere.example/staff")]
    [InlineData("javascript:alert(1)")]
    [InlineData("/governance")]
    public async Task Signing_in_redirects_only_to_staff_pages_of_this_registry(string to)
    {
        var (member, _, password) = AddPerson();
        using var visitor = staffed.Visitor();
        using var response = await visitor.SignInAsync(member.SignIn, password, to);
        Assert.Equal("/staff", response.Headers.Location!.ToString());
    }

    [Fact]
    public async Task A_staff_page_asks_for_sign_in_and_passes_on_its_own_address()
    {
        using var visitor = staffed.Visitor();
        using var response = await visitor.GetAsync("/staff/account");
        Assert.Equal(HttpStatusCode.Redirect, response.StatusCode);
        Assert.EndsWith("/staff/sign-in?return=%2Fstaff%2Faccount", response.Headers.Location!.ToString());
    }

    [Fact]
    public async Task Signing_out_ends_the_session_and_any_copy_of_its_cookie()
    {
        var (member, _, password) = AddPerson();
        using var visitor = await SignedInAsync(member, password);
        using var thief = staffed.Visitor();
        thief.Cookies.Add(visitor.Cookies.GetCookies(new Uri(staffed.City.Url + "/staff/account"))["registry-staff"]!);
        Assert.True(await thief.IsInAsync());

        // The layout of every staff page has the button.
        var page = await (await visitor.GetAsync("/staff/account")).Content.ReadAsStringAsync(Cancellation);
        Assert.Matches("""(?s)<form method="post" action="/staff/sign-out".*?__RequestVerificationToken.*?</form>""", page);
        using var response = await visitor.PostAsync("/staff/sign-out");
        Assert.Equal("/staff/sign-in", response.Headers.Location!.ToString());
        Assert.False(await visitor.IsInAsync());
        Assert.False(await thief.IsInAsync());
    }

    [Fact]
    public async Task A_session_ends_after_half_an_hour_without_a_request()
    {
        var (member, _, password) = AddPerson();
        using var visitor = await SignedInAsync(member, password);
        staffed.City.Time.Advance(TimeSpan.FromMinutes(29));
        Assert.True(await visitor.IsInAsync());
        staffed.City.Time.Advance(TimeSpan.FromMinutes(29));
        Assert.True(await visitor.IsInAsync());
        staffed.City.Time.Advance(TimeSpan.FromMinutes(31));
        Assert.False(await visitor.IsInAsync());
    }

    [Fact]
    public async Task A_session_ends_after_ten_hours_even_while_it_is_used()
    {
        var (member, _, password) = AddPerson();
        using var visitor = await SignedInAsync(member, password);
        for (var minutes = 20; minutes < 600; minutes += 20)
        {
            staffed.City.Time.Advance(TimeSpan.FromMinutes(20));
            Assert.True(await visitor.IsInAsync(), $"after {minutes} minutes");
        }

        staffed.City.Time.Advance(TimeSpan.FromMinutes(20));
        Assert.False(await visitor.IsInAsync());
    }

    public static TheoryData<string> Changes() => ["deactivated", "other roles", "another password"];

    [Theory]
    [MemberData(nameof(Changes))]
    public async Task A_session_ends_when_the_rights_of_its_member_change(string change)
    {
        var (member, _, password) = AddPerson();
        using var visitor = await SignedInAsync(member, password);
        var now = staffed.City.Time.GetUtcNow();
        if (change == "another password")
            await staffed.City.Staff.SetPasswordAsync(member.Id, StoredPassword.Own("another hash"), Operator, now, Cancellation);
        else
            await staffed.City.Staff.ChangeAsync(
                member.Id,
                change == "other roles" ? [Role.Auditor] : null,
                change == "deactivated" ? false : null,
                Operator,
                now,
                Cancellation
            );
        Assert.False(await visitor.IsInAsync());
    }
}
