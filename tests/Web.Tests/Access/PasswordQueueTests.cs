using System.Net;
using SurveillanceRegistry.Domain.Staff;
using SurveillanceRegistry.Web.Tests.Fixtures;

namespace SurveillanceRegistry.Web.Tests.Access;

/// <summary>Strangers who sign in by the dozen are refused at once; staff sign in meanwhile.</summary>
public sealed class PasswordQueueTests(StaffedCity staffed) : IClassFixture<StaffedCity>
{
    private const string Office = "127.0.4.1";

    private static async Task<HttpStatusCode> TryAsync(Visitor visitor, string name, string password)
    {
        using var response = await visitor.SignInAsync(name, password);
        return response.StatusCode;
    }

    [Fact]
    public async Task Sixty_sign_ins_at_once_are_mostly_refused_and_a_known_browser_signs_in()
    {
        var (member, _, password) = staffed.City.Staff.AddWithToken("known", Role.Editor);
        using var owner = staffed.Visitor(Office);
        Assert.Equal(HttpStatusCode.Redirect, await TryAsync(owner, member.SignIn, password));
        var strangers = Enumerable.Range(0, 60).Select(_ => staffed.Visitor(Office)).ToArray();
        await Task.WhenAll(strangers.Select(async stranger => (await stranger.GetAsync("/staff/sign-in")).Dispose()));
        var answers = Task.WhenAll(strangers.Select((stranger, i) => TryAsync(stranger, $"stranger-{i}@city.example", "a wrong password")));
        Assert.Equal(HttpStatusCode.Redirect, await TryAsync(owner, member.SignIn, password));
        Assert.InRange((await answers).Count(answer => answer == HttpStatusCode.TooManyRequests), 30, 59);
        Array.ForEach(strangers, stranger => stranger.Dispose());
    }

    [Fact]
    public async Task Staff_sign_in_at_once_where_a_stranger_elsewhere_guessed_their_password()
    {
        var (member, _, password) = staffed.City.Staff.AddWithToken("guessed", Role.Editor);
        using var stranger = staffed.Visitor("127.0.4.2");
        for (var i = 0; i < 5; i++)
            Assert.Equal(HttpStatusCode.BadRequest, await TryAsync(stranger, member.SignIn, "a wrong password"));
        using (var refused = await stranger.SignInAsync(member.SignIn, password))
            Assert.Equal(
                (HttpStatusCode.TooManyRequests, TimeSpan.FromSeconds(1)),
                (refused.StatusCode, refused.Headers.RetryAfter!.Delta!.Value)
            );
        using var owner = staffed.Visitor("127.0.4.3");
        Assert.Equal(HttpStatusCode.Redirect, await TryAsync(owner, member.SignIn, password));
    }
}
