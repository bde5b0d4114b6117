using System.Net;
using System.Text.RegularExpressions;
using OtpNet;
using SurveillanceRegistry.Domain.Staff;
using SurveillanceRegistry.Web.Tests.Fixtures;

namespace SurveillanceRegistry.Web.Tests.Staff.OwnAccount;

/// <summary>The life of an account as its owner sees it: first password, second factor, sessions.</summary>
public sealed class OwnAccountTests(StaffedCity staffed) : IClassFixture<StaffedCity>
{
    private const string Chosen = "correct horse battery staple";

    private static int _lastPerson;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private DateTimeOffset Now => staffed.City.Time.GetUtcNow();

    private (StaffMember Member, string Password) AddPerson(PasswordKind kind, DateTimeOffset? until = null)
    {
        var (member, _, password) = staffed.City.Staff.AddWithToken(
            $"owner-{Interlocked.Increment(ref _lastPerson)}",
            kind,
            until,
            Role.Editor
        );
        return (member, password);
    }

    [Fact]
    public async Task A_first_password_opens_nothing_but_the_page_where_it_is_changed()
    {
        var (member, password) = AddPerson(PasswordKind.First, Now.AddDays(3));
        using var visitor = staffed.Visitor();
        await visitor.SignInAsync(member.SignIn, password);
        foreach (var address in (string[])["/staff", "/staff/changes", "/staff/table", "/staff/devices", "/staff/export.csv"])
        {
            using var response = await visitor.GetAsync(address);
            Assert.Equal(
                (HttpStatusCode.Redirect, "/staff/account/password"),
                (response.StatusCode, new Uri(new Uri(staffed.City.Url), response.Headers.Location!).AbsolutePath)
            );
        }
    }

    [Fact]
    public async Task A_first_password_that_was_not_used_in_time_is_refused()
    {
        var (member, password) = AddPerson(PasswordKind.First, Now.AddMinutes(-1));
        using var visitor = staffed.Visitor();
        using var response = await visitor.SignInAsync(member.SignIn, password);
        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
        Assert.Contains("has ended", await response.Content.ReadAsStringAsync(Cancellation));
        Assert.False(await visitor.IsInAsync());
    }

    [Fact]
    public async Task A_person_chooses_a_password_and_a_second_factor_before_anything_opens()
    {
        var (member, password) = AddPerson(PasswordKind.First, Now.AddDays(3));
        using var visitor = staffed.Visitor();
        await visitor.SignInAsync(member.SignIn, password);
        Assert.Contains("is wrong", await RefusedAsync(visitor, "a wrong password", Chosen));
        Assert.Contains("easy to guess", await RefusedAsync(visitor, password, "passwordpassword"));
        Assert.Contains("the current one", await RefusedAsync(visitor, password, password));

        using var changed = await visitor.PostAsync("/staff/account/password", ("current", password), ("new", Chosen));
        Assert.Equal("/staff/account/second-factor", changed.Headers.Location!.ToString());
        using (var early = await visitor.GetAsync("/staff/changes"))
            Assert.EndsWith("/staff/account/second-factor", early.Headers.Location!.ToString());

        var (_, codes) = await AddSecondFactorAsync(visitor, Chosen);
        Assert.Equal(10, codes.Length);
        await visitor.HtmlAsync("/staff/changes");
    }

    [Fact]
    public async Task A_password_with_a_second_factor_opens_nothing_without_a_code()
    {
        var (member, seed, codes) = await AddCompletePersonAsync();
        using var visitor = staffed.Visitor();
        using var first = await visitor.SignInAsync(member.SignIn, Chosen);
        Assert.Equal("/staff/sign-in/code", first.Headers.Location!.ToString());
        Assert.False(await visitor.IsInAsync());
        using (var wrong = await visitor.PostAsync("/staff/sign-in/code", ("code", "000000")))
            Assert.Equal(HttpStatusCode.BadRequest, wrong.StatusCode);
        Assert.False(await visitor.IsInAsync());

        staffed.City.Time.Advance(TimeSpan.FromMinutes(1));
        var code = CodeOf(seed);
        using (var right = await visitor.PostAsync("/staff/sign-in/code", ("code", code)))
            Assert.Equal("/staff/account", right.Headers.Location!.ToString());
        Assert.True(await visitor.IsInAsync());

        using var second = staffed.Visitor();
        await second.SignInAsync(member.SignIn, Chosen);
        using (var replayed = await second.PostAsync("/staff/sign-in/code", ("code", code)))
            Assert.Equal(HttpStatusCode.BadRequest, replayed.StatusCode);
        using (var recovery = await second.PostAsync("/staff/sign-in/code", ("code", codes[0].ToUpperInvariant())))
            Assert.Equal(HttpStatusCode.Redirect, recovery.StatusCode);
        Assert.True(await second.IsInAsync());
        using var third = staffed.Visitor();
        await third.SignInAsync(member.SignIn, Chosen);
        using (var again = await third.PostAsync("/staff/sign-in/code", ("code", codes[0])))
            Assert.Equal(HttpStatusCode.BadRequest, again.StatusCode);
    }

    [Fact]
    public async Task Ten_wrong_codes_pause_the_second_factor_of_an_account()
    {
        var (member, seed, _) = await AddCompletePersonAsync();
        using var visitor = staffed.Visitor();
        await visitor.SignInAsync(member.SignIn, Chosen);
        for (var i = 0; i < 10; i++)
        {
            using var wrong = await visitor.PostAsync("/staff/sign-in/code", ("code", "12345"));
            Assert.Equal(HttpStatusCode.BadRequest, wrong.StatusCode);
        }

        staffed.City.Time.Advance(TimeSpan.FromMinutes(1));
        using (var paused = await visitor.PostAsync("/staff/sign-in/code", ("code", CodeOf(seed))))
            Assert.Equal(HttpStatusCode.TooManyRequests, paused.StatusCode);
        staffed.City.Time.Advance(TimeSpan.FromMinutes(15));
        await visitor.SignInAsync(member.SignIn, Chosen);
        using var right = await visitor.PostAsync("/staff/sign-in/code", ("code", CodeOf(seed)));
        Assert.Equal(HttpStatusCode.Redirect, right.StatusCode);
    }

    [Fact]
    public async Task A_person_has_five_minutes_between_the_password_and_the_code()
    {
        var (member, seed, _) = await AddCompletePersonAsync();
        using var visitor = staffed.Visitor();
        await visitor.SignInAsync(member.SignIn, Chosen);
        staffed.City.Time.Advance(TimeSpan.FromMinutes(3));
        using (var early = await visitor.GetAsync("/staff/sign-in/code")) // It prolongs nothing.
            Assert.Equal(HttpStatusCode.OK, early.StatusCode);
        staffed.City.Time.Advance(TimeSpan.FromMinutes(3));
        using var late = await visitor.GetAsync("/staff/sign-in/code");
        Assert.Equal("/staff/sign-in", late.Headers.Location!.ToString());
    }

    [Fact]
    public async Task A_person_sees_all_sessions_and_ends_one_or_all_with_the_password()
    {
        var (member, password) = AddPerson(PasswordKind.Sample);
        using var here = staffed.Visitor();
        using var there = staffed.Visitor();
        using var elsewhere = staffed.Visitor();
        foreach (var visitor in (Visitor[])[here, there, elsewhere])
            await visitor.SignInAsync(member.SignIn, password);
        var page = await here.DocumentAsync("/staff/account");
        Assert.Equal(3, page.QuerySelectorAll("[data-session]").Length);
        Assert.Contains("127.0.0.1", page.QuerySelector("[data-session=current]")!.TextContent);
        var other = page.QuerySelector("[data-session=other] button")!.GetAttribute("value")!;

        var (refused, text) = await here.PostToAsync("/staff/account", "End", ("session", other), ("end-password", "wrong"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
        Assert.Contains("is wrong", text);
        await here.PostToAsync("/staff/account", "End", ("session", other), ("end-password", password));
        Assert.Equal(2, (await here.DocumentAsync("/staff/account")).QuerySelectorAll("[data-session]").Length);

        await here.PostToAsync("/staff/account", "EndOthers", ("end-password", password));
        Assert.True(await here.IsInAsync());
        Assert.False(await there.IsInAsync());
        Assert.False(await elsewhere.IsInAsync());
    }

    [Fact]
    public async Task A_person_cannot_end_the_session_of_another_person()
    {
        var (one, password) = AddPerson(PasswordKind.Sample);
        var (other, otherPassword) = AddPerson(PasswordKind.Sample);
        using var visitor = staffed.Visitor();
        using var victim = staffed.Visitor();
        await visitor.SignInAsync(one.SignIn, password);
        await victim.SignInAsync(other.SignIn, otherPassword);
        var session = Assert.Single(await staffed.City.Staff.ListAsync(other.Id, Now, Cancellation));
        await visitor.PostToAsync("/staff/account", "End", ("session", session.Id), ("end-password", password));
        Assert.True(await victim.IsInAsync());
    }

    [Fact]
    public async Task A_changed_password_ends_every_other_session_and_starts_a_new_one_here()
    {
        var (member, seed, _) = await AddCompletePersonAsync();
        using var here = await SignedInAsync(member, seed);
        using var there = await SignedInAsync(member, seed);
        var before = here.Cookies.GetCookies(new Uri(staffed.City.Url + "/staff"))["registry-staff"]!.Value;
        staffed.City.Time.Advance(TimeSpan.FromMinutes(1));
        using var changed = await here.PostAsync(
            "/staff/account/password",
            ("current", Chosen),
            ("new", "another horse battery staple"),
            ("present-code", CodeOf(seed))
        );
        Assert.Equal("/staff/account?done=password", changed.Headers.Location!.ToString());
        Assert.True(await here.IsInAsync());
        Assert.False(await there.IsInAsync());
        Assert.NotEqual(before, here.Cookies.GetCookies(new Uri(staffed.City.Url + "/staff"))["registry-staff"]!.Value);
    }

    [Fact]
    public async Task A_thief_of_a_session_and_a_password_changes_no_factor_without_a_code()
    {
        var (member, seed, codes) = await AddCompletePersonAsync();
        using var thief = await SignedInAsync(member, seed);
        using (
            var password = await thief.PostAsync("/staff/account/password", ("current", Chosen), ("new", "another horse battery staple"))
        )
            Assert.Equal(HttpStatusCode.UnprocessableEntity, password.StatusCode);
        Assert.Empty((await AddSecondFactorAsync(thief, Chosen)).RecoveryCodes);
        Assert.Empty((await AddSecondFactorAsync(thief, Chosen, "000000")).RecoveryCodes);
        Assert.True(await thief.IsInAsync());
        Assert.Equal(10, (await AddSecondFactorAsync(thief, Chosen, codes[0])).RecoveryCodes.Length); // Its owner, who lost the app.
    }

    private async Task<Visitor> SignedInAsync(StaffMember member, string seed)
    {
        staffed.City.Time.Advance(TimeSpan.FromMinutes(1));
        var visitor = staffed.Visitor();
        await visitor.SignInAsync(member.SignIn, Chosen);
        await visitor.PostAsync("/staff/sign-in/code", ("code", CodeOf(seed)));
        Assert.True(await visitor.IsInAsync());
        return visitor;
    }

    /// <summary>Adds a person who chose a password and added a second factor.</summary>
    private async Task<(StaffMember Member, string Seed, string[] RecoveryCodes)> AddCompletePersonAsync()
    {
        var (member, password) = AddPerson(PasswordKind.First, Now.AddDays(3));
        using var visitor = staffed.Visitor();
        await visitor.SignInAsync(member.SignIn, password);
        await visitor.PostAsync("/staff/account/password", ("current", password), ("new", Chosen));
        var (seed, codes) = await AddSecondFactorAsync(visitor, Chosen);
        return ((await staffed.City.Staff.FindAsync(member.Id, Cancellation))!, seed, codes);
    }

    private async Task<(string Seed, string[] RecoveryCodes)> AddSecondFactorAsync(
        Visitor visitor,
        string password,
        string presentCode = ""
    )
    {
        var page = await visitor.DocumentAsync("/staff/account/second-factor");
        var seed = page.QuerySelector(".key")!.TextContent;
        Assert.NotNull(page.QuerySelector(".qr svg"));
        using var response = await visitor.PostAsync(
            "/staff/account/second-factor",
            ("offer", page.QuerySelector("input[name=offer]")!.GetAttribute("value")!),
            ("current", password),
            ("code", CodeOf(seed)),
            ("present-code", presentCode)
        );
        var shown = await Visitor.ParseAsync(await response.Content.ReadAsStringAsync(Cancellation));
        return (seed, [.. shown.QuerySelectorAll(".codes code").Select(code => code.TextContent)]);
    }

    private string CodeOf(string seed) => new Totp(Base32Encoding.ToBytes(seed)).ComputeTotp(Now.UtcDateTime);

    private static async Task<string> RefusedAsync(Visitor visitor, string current, string chosen)
    {
        using var response = await visitor.PostAsync("/staff/account/password", ("current", current), ("new", chosen));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, response.StatusCode);
        var text = await response.Content.ReadAsStringAsync(Cancellation);
        return Regex.Match(text, "role=\"alert\".*?</div>", RegexOptions.Singleline).Value;
    }
}
