using System.Net;
using AngleSharp.Dom;
using SurveillanceRegistry.Domain.Changes;
using SurveillanceRegistry.Domain.Policies.Documents;
using SurveillanceRegistry.Domain.Policies.Law;
using SurveillanceRegistry.Domain.Staff;
using SurveillanceRegistry.Grains;
using SurveillanceRegistry.Web.Tests.Fixtures;

namespace SurveillanceRegistry.Web.Tests.Staff.Administration;

/// <summary>What an administrator does with accounts and tokens, on pages.</summary>
public sealed class AccountsTests(StaffedCity staffed) : IClassFixture<StaffedCity>
{
    private static int _lastPerson;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static string NewName() => $"managed-{Interlocked.Increment(ref _lastPerson)}";

    private (StaffMember Member, string Token, string Password) AddPerson(params Role[] roles) =>
        staffed.City.Staff.AddWithToken(NewName(), roles is [] ? [Role.Editor] : roles);

    [Fact]
    public async Task A_person_is_added_with_a_first_password_that_is_shown_once()
    {
        using var administrator = await staffed.SignedInAsync(Role.Administrator);
        var signIn = $"{NewName()}@city.example";
        var page = await PostAsync(
            administrator,
            "/staff/accounts",
            ("name", "Ana Ruiz"),
            ("sign-in", $" {signIn.ToUpperInvariant()} "),
            ("department", "police"),
            ("roles", "editor"),
            ("roles", "auditor"),
            ("password", "yes")
        );
        var password = page.QuerySelector(".secret")!.TextContent;
        Assert.DoesNotContain(password, (await administrator.DocumentAsync("/staff/accounts")).Body!.TextContent);
        var added = (await staffed.City.Staff.FindBySignInAsync(signIn, Cancellation))!.Value;
        Assert.Equal((signIn, "police", PasswordKind.First), (added.Member.SignIn, added.Member.Department, added.Password!.Kind));
        Assert.Equal([Role.Editor, Role.Auditor], added.Member.Roles);
        Assert.Equal(SecurityEventKind.AccountAdded, staffed.City.SecurityLog.Of(added.Member.Id).Single().Kind);

        using var person = staffed.Visitor();
        await person.SignInAsync(signIn, password);
        using var dashboard = await person.GetAsync("/staff");
        Assert.EndsWith("/staff/account/password", dashboard.Headers.Location!.ToString());
    }

    [Fact]
    public async Task A_name_that_is_taken_or_looks_like_another_is_refused()
    {
        using var administrator = await staffed.SignedInAsync(Role.Administrator);
        var (member, _, _) = staffed.City.Staff.AddWithToken("paul-" + NewName(), Role.Editor);
        foreach (
            var name in (string[])[member.SignIn, member.SignIn.Replace("paul", "pau1", StringComparison.Ordinal), "аna@city.example", ""]
        )
        {
            using var response = await administrator.PostAsync("/staff/accounts", ("name", "Paul"), ("sign-in", name), ("roles", "editor"));
            Assert.Equal(HttpStatusCode.UnprocessableEntity, response.StatusCode);
        }
    }

    [Fact]
    public async Task An_administrator_changes_roles_and_activity_and_every_session_ends()
    {
        using var administrator = await staffed.SignedInAsync(Role.Administrator);
        var (member, _, password) = AddPerson(Role.Editor);
        using var person = staffed.Visitor();
        await person.SignInAsync(member.SignIn, password);
        await ActAsync(administrator, member, "Roles", ("roles", "auditor"));
        Assert.False(await person.IsInAsync());
        Assert.Equal([Role.Auditor], (await staffed.City.Staff.FindAsync(member.Id, Cancellation))!.Roles);

        await person.SignInAsync(member.SignIn, password);
        await ActAsync(administrator, member, "Sessions");
        Assert.False(await person.IsInAsync());

        await ActAsync(administrator, member, "Active", ("active", "false"));
        using (var refused = await person.SignInAsync(member.SignIn, password))
            Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        await ActAsync(administrator, member, "Active", ("active", "true"));
        using (var again = await person.SignInAsync(member.SignIn, password))
            Assert.Equal(HttpStatusCode.Redirect, again.StatusCode);
        Assert.Superset(
            new HashSet<SecurityEventKind>
            {
                SecurityEventKind.RolesChanged,
                SecurityEventKind.SessionsEnded,
                SecurityEventKind.AccountDeactivated,
                SecurityEventKind.AccountActivated,
                SecurityEventKind.SignInRefused,
            },
            staffed.City.SecurityLog.Of(member.Id).Select(happened => happened.Kind).ToHashSet()
        );
    }

    [Fact]
    public async Task An_administrator_changes_no_right_and_no_password_of_the_own_account()
    {
        var (member, _, password) = AddPerson(Role.Administrator);
        using var administrator = staffed.Visitor();
        await administrator.SignInAsync(member.SignIn, password);
        Assert.Null((await administrator.DocumentAsync($"/staff/accounts/{member.Id}")).QuerySelector("main form"));
        foreach (var handler in (string[])["Roles", "Active", "Password", "SecondFactor", "Profile", "Anonymize"])
        {
            var (response, text) = await administrator.PostToAsync($"/staff/accounts/{member.Id}", handler, ("roles", "approver"));
            Assert.Equal(HttpStatusCode.UnprocessableEntity, response.StatusCode);
            Assert.Contains("your own account", text);
        }

        Assert.Equal(member, await staffed.City.Staff.FindAsync(member.Id, Cancellation));
    }

    [Fact]
    public async Task A_handed_out_password_replaces_the_old_one_and_must_be_changed()
    {
        using var administrator = await staffed.SignedInAsync(Role.Administrator);
        var (member, _, old) = AddPerson();
        var (_, text) = await administrator.PostToAsync($"/staff/accounts/{member.Id}", "Password");
        var password = (await Visitor.ParseAsync(text)).QuerySelector(".secret")!.TextContent;
        using var person = staffed.Visitor();
        using (var refused = await person.SignInAsync(member.SignIn, old))
            Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        await person.SignInAsync(member.SignIn, password);
        using var dashboard = await person.GetAsync("/staff");
        Assert.EndsWith("/staff/account/password", dashboard.Headers.Location!.ToString());
    }

    [Fact]
    public async Task Drafts_of_a_person_who_left_are_handed_over_before_the_name_is_removed()
    {
        using var administrator = await staffed.SignedInAsync(Role.Administrator);
        var (author, _, _) = AddPerson(Role.Editor);
        var (successor, _, _) = AddPerson(Role.Editor);
        var draft = await DraftAsync(author);
        await ActAsync(administrator, author, "Active", ("active", "false"));
        var (early, text) = await administrator.PostToAsync($"/staff/accounts/{author.Id}", "Anonymize");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, early.StatusCode);
        Assert.Contains("hand them over first", text);

        await ActAsync(administrator, author, "HandOver", ("to", successor.Id));
        var handedOver = (await staffed.City.Part<IChangeRegister>().FindAsync(draft.Id, Cancellation))!;
        Assert.Equal((successor.Id, ChangeState.Draft), (handedOver.Author.Staff, handedOver.State));
        await ActAsync(administrator, author, "Anonymize");
        var former = (await staffed.City.Staff.FindAsync(author.Id, Cancellation))!;
        Assert.Equal(("Former member of staff", author.Id), (former.Name, former.SignIn));
    }

    [Fact]
    public async Task A_token_is_made_for_a_program_shown_once_and_revoked()
    {
        using var administrator = await staffed.SignedInAsync(Role.Administrator);
        var label = "nightly import " + NewName();
        var page = await PostAsync(administrator, "/staff/tokens", ("label", label), ("roles", "editor"), ("days", "30"));
        var token = page.QuerySelector(".secret")!.TextContent;
        Assert.Equal(HttpStatusCode.OK, await AskAsync(token));
        var list = await administrator.DocumentAsync("/staff/tokens");
        Assert.DoesNotContain(token, list.Body!.TextContent);
        var row = list.QuerySelectorAll("tr[data-token]").Single(row => row.TextContent.Contains(label, StringComparison.Ordinal));
        await administrator.PostToAsync("/staff/tokens", "Revoke", ("token", row.GetAttribute("data-token")!));
        Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync(token));
        var grant = (await staffed.City.Staff.TokensAsync(Cancellation)).Single(one => one.Label == label);
        Assert.True((await staffed.City.Staff.FindAsync(grant.Staff, Cancellation))!.IsProgram);
        Assert.Equal(
            [SecurityEventKind.TokenMade, SecurityEventKind.TokenUsed],
            staffed.City.SecurityLog.Of(grant.Staff).Select(happened => happened.Kind)
        );
        Assert.Contains(staffed.City.SecurityLog.All, one => one.Kind == SecurityEventKind.TokenRevoked && one.Token == grant.Id);
    }

    private async Task<ChangeRequest> DraftAsync(StaffMember author)
    {
        var city = (await staffed.City.Grains.Governance()).City;
        var changed = city with { Departments = city.Departments.SetItem(0, city.Departments[0] with { Phone = "206-555-0199" }) };
        var proposal = new Proposal(
            "The number changed.",
            new Source("The directory", null, new DateOnly(2026, 11, 23), Confidence.Sourced),
            [new ProposedDocument(PolicyDocument.For(changed), 1)]
        );
        return (await staffed.City.Grains.Policies().Draft(proposal, author.AttributionAs(Role.Editor))).Value!;
    }

    private async Task<HttpStatusCode> AskAsync(string token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/changes");
        request.Headers.Authorization = new("Bearer", token);
        using var response = await staffed.City.Reader.SendAsync(request, Cancellation);
        return response.StatusCode;
    }

    private static async Task ActAsync(Visitor administrator, StaffMember on, string handler, params (string, string)[] fields)
    {
        var (response, text) = await administrator.PostToAsync($"/staff/accounts/{on.Id}", handler, fields);
        Assert.True(response.StatusCode == HttpStatusCode.Redirect, text);
    }

    private static async Task<IDocument> PostAsync(Visitor visitor, string address, params (string, string)[] fields)
    {
        using var response = await visitor.PostAsync(address, fields);
        var text = await response.Content.ReadAsStringAsync(Cancellation);
        Assert.True(response.StatusCode == HttpStatusCode.OK, text);
        return await Visitor.ParseAsync(text);
    }
}
