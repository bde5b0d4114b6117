using System.Diagnostics;
using System.Net;
using System.Text.RegularExpressions;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Domain.Staff;
using SurveillanceRegistry.Web.Tests.Fixtures;

namespace SurveillanceRegistry.Web.Tests.Staff.Account;

/// <summary>How staff come in with a password, and when they are out again.</summary>
public sealed class SessionTests(StaffedCity house) : IClassFixture<StaffedCity>
{
    private static readonly Attribution Operator = new("operator");

    private static int _people;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private (StaffMember Member, string Token, string Password) Somebody(params Role[] roles) =>
        house.City.Staff.Adds($"person-{Interlocked.Increment(ref _people)}", roles is [] ? [Role.Editor] : roles);

    private async Task<Visitor> InAsync(StaffMember member, string password)
    {
        var visitor = house.Visitor();
        using var answer = await visitor.SignInAsync(member.SignIn, password);
        Assert.Equal((HttpStatusCode.Redirect, "/staff/account"), (answer.StatusCode, answer.Headers.Location!.ToString()));
        Assert.True(await visitor.IsInAsync());
        return visitor;
    }

    [Fact]
    public async Task Begins_with_the_right_password_and_lives_in_a_cookie_that_no_script_and_no_public_page_sees()
    {
        var (member, _, password) = Somebody(Role.RecordsOfficer);
        using var visitor = house.Visitor();
        using var answer = await visitor.SignInAsync(member.SignIn, password);
        var cookie = answer.Headers.GetValues("Set-Cookie").Single(one => one.StartsWith("registry-staff=", StringComparison.Ordinal));
        Assert.All(new[] { "httponly", "samesite=lax", "path=/staff" }, part => Assert.Contains(part, cookie));
        Assert.DoesNotContain("expires", cookie);
        using var page = await visitor.GetAsync("/staff/account");
        Assert.True(page.Headers.CacheControl!.NoStore);
        var text = await page.Content.ReadAsStringAsync(Cancellation);
        Assert.Contains(member.Name, text);
        Assert.Contains("records officer", text);
        Assert.Empty(visitor.Cookies.GetCookies(new Uri(house.City.Url + "/governance")));
    }

    [Fact]
    public async Task Does_not_begin_for_anybody_else_and_says_the_same_of_a_wrong_name_and_a_wrong_password()
    {
        var (member, _, password) = Somebody();
        var (gone, _, gonePassword) = Somebody();
        await house.City.Staff.ChangeAsync(gone.Id, null, false, null, Operator, house.City.Time.GetUtcNow(), Cancellation);
        var answers = new List<string>();
        foreach (
            var (name, word) in new[]
            {
                (member.SignIn, password + "x"),
                ("no" + member.SignIn[2..], password),
                (gone.SignIn, gonePassword),
                (member.SignIn, ""),
                ("", ""),
            }
        )
        {
            using var visitor = house.Visitor();
            using var answer = await visitor.SignInAsync(name, word);
            Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
            Assert.DoesNotContain(
                answer.Headers.TryGetValues("Set-Cookie", out var cookies) ? cookies : [],
                cookie => cookie.StartsWith("registry-staff=", StringComparison.Ordinal)
            );
            answers.Add(
                Regex.Match(await answer.Content.ReadAsStringAsync(Cancellation), "role=\"alert\".*?</div>", RegexOptions.Singleline).Value
            );
            Assert.False(await visitor.IsInAsync());
        }

        Assert.NotEmpty(answers[0]);
        Assert.Single(answers.Distinct());
    }

    [Fact]
    public async Task Takes_as_long_to_refuse_a_name_that_nobody_has()
    {
        var (member, _, _) = Somebody();
        var (known, unknown) = (await FastestAsync(member.SignIn), await FastestAsync("nobody@city.example"));
        // Without the check of a password the unknown one would take a hundredth.
        Assert.True(unknown > known / 3, $"{unknown} against {known}");

        async Task<TimeSpan> FastestAsync(string name)
        {
            using var visitor = house.Visitor();
            var fastest = TimeSpan.MaxValue;
            for (var i = 0; i < 4; i++)
            {
                await visitor.GetAsync("/staff/sign-in");
                var begun = Stopwatch.GetTimestamp();
                using var answer = await visitor.SignInAsync(name, "a wrong password");
                fastest = fastest < Stopwatch.GetElapsedTime(begun) ? fastest : Stopwatch.GetElapsedTime(begun);
            }

            return fastest;
        }
    }

    [Fact]
    public async Task Does_not_begin_and_does_not_end_by_a_form_of_another_site()
    {
        var (member, _, password) = Somebody();
        using var stranger = house.Visitor();
        using var forged = await stranger.PostWithoutTokenAsync("/staff/sign-in", ("sign-in", member.SignIn), ("password", password));
        Assert.Equal(HttpStatusCode.BadRequest, forged.StatusCode);
        Assert.False(await stranger.IsInAsync());

        using var visitor = await InAsync(member, password);
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
    public async Task Leads_to_a_staff_page_of_ours_whatever_the_address_says(string to)
    {
        var (member, _, password) = Somebody();
        using var visitor = house.Visitor();
        using var answer = await visitor.SignInAsync(member.SignIn, password, to);
        Assert.Equal("/staff", answer.Headers.Location!.ToString());
    }

    [Fact]
    public async Task Is_asked_for_by_staff_pages_which_remember_where_one_wanted_to_go()
    {
        using var visitor = house.Visitor();
        using var answer = await visitor.GetAsync("/staff/account");
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        Assert.EndsWith("/staff/sign-in?return=%2Fstaff%2Faccount", answer.Headers.Location!.ToString());
    }

    [Fact]
    public async Task Ends_with_the_button_and_a_copy_of_its_cookie_is_worth_nothing()
    {
        var (member, _, password) = Somebody();
        using var visitor = await InAsync(member, password);
        using var thief = house.Visitor();
        thief.Cookies.Add(visitor.Cookies.GetCookies(new Uri(house.City.Url + "/staff/account"))["registry-staff"]!);
        Assert.True(await thief.IsInAsync());

        // The button stands in the frame of every staff page.
        var page = await (await visitor.GetAsync("/staff/account")).Content.ReadAsStringAsync(Cancellation);
        Assert.Matches("""(?s)<form method="post" action="/staff/sign-out".*?__RequestVerificationToken.*?</form>""", page);
        using var answer = await visitor.PostAsync("/staff/sign-out");
        Assert.Equal("/staff/sign-in", answer.Headers.Location!.ToString());
        Assert.False(await visitor.IsInAsync());
        Assert.False(await thief.IsInAsync());
    }

    [Fact]
    public async Task Ends_after_half_an_hour_without_a_sign_of_life()
    {
        var (member, _, password) = Somebody();
        using var visitor = await InAsync(member, password);
        house.City.Time.Advance(TimeSpan.FromMinutes(29));
        Assert.True(await visitor.IsInAsync());
        house.City.Time.Advance(TimeSpan.FromMinutes(29));
        Assert.True(await visitor.IsInAsync());
        house.City.Time.Advance(TimeSpan.FromMinutes(31));
        Assert.False(await visitor.IsInAsync());
    }

    [Fact]
    public async Task Ends_after_ten_hours_however_busy_it_was()
    {
        var (member, _, password) = Somebody();
        using var visitor = await InAsync(member, password);
        for (var minutes = 20; minutes < 600; minutes += 20)
        {
            house.City.Time.Advance(TimeSpan.FromMinutes(20));
            Assert.True(await visitor.IsInAsync(), $"after {minutes} minutes");
        }

        house.City.Time.Advance(TimeSpan.FromMinutes(20));
        Assert.False(await visitor.IsInAsync());
    }

    public static TheoryData<string> Changes() => ["deactivated", "other roles", "another password"];

    [Theory]
    [MemberData(nameof(Changes))]
    public async Task Ends_when_rights_change(string change)
    {
        var (member, _, password) = Somebody();
        using var visitor = await InAsync(member, password);
        await house.City.Staff.ChangeAsync(
            member.Id,
            change == "other roles" ? [Role.Auditor] : null,
            change == "deactivated" ? false : null,
            change == "another password" ? "another hash" : null,
            Operator,
            house.City.Time.GetUtcNow(),
            Cancellation
        );
        Assert.False(await visitor.IsInAsync());
    }

    [Fact]
    public async Task Is_refused_for_a_while_after_five_wrong_passwords_in_a_burst_too()
    {
        var (member, _, password) = Somebody();
        var visitors = Enumerable.Range(0, 12).Select(_ => house.Visitor()).ToArray();
        var answers = await Task.WhenAll(visitors.Select(visitor => visitor.SignInAsync(member.SignIn, "a wrong password")));
        Assert.Equal(5, answers.Count(answer => answer.StatusCode == HttpStatusCode.BadRequest));
        var refused = answers.Where(answer => answer.StatusCode == HttpStatusCode.TooManyRequests).ToArray();
        Assert.Equal(7, refused.Length);
        Assert.All(
            refused,
            answer => Assert.InRange(answer.Headers.RetryAfter!.Delta!.Value, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(15))
        );

        using var owner = house.Visitor();
        Assert.Equal(HttpStatusCode.TooManyRequests, (await owner.SignInAsync(member.SignIn.ToUpperInvariant(), password)).StatusCode);
        house.City.Time.Advance(TimeSpan.FromMinutes(15));
        Assert.Equal(HttpStatusCode.Redirect, (await owner.SignInAsync(member.SignIn, password)).StatusCode);
        Array.ForEach(visitors, visitor => visitor.Dispose());
    }

    [Fact]
    public async Task Is_refused_to_an_address_that_tries_many_names()
    {
        house.City.Time.Advance(TimeSpan.FromMinutes(15)); // Whatever other tests got wrong is forgiven.
        var (member, _, password) = Somebody();
        using var visitor = house.Visitor();
        for (var i = 0; i < 30; i++)
            Assert.Equal(HttpStatusCode.BadRequest, (await visitor.SignInAsync($"guess-{i}@city.example", "a wrong password")).StatusCode);
        Assert.Equal(HttpStatusCode.TooManyRequests, (await visitor.SignInAsync(member.SignIn, password)).StatusCode);
        house.City.Time.Advance(TimeSpan.FromMinutes(15));
        Assert.Equal(HttpStatusCode.Redirect, (await visitor.SignInAsync(member.SignIn, password)).StatusCode);
    }
}
