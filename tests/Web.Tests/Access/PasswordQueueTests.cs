using System.Net;
using Microsoft.Extensions.Time.Testing;
using SurveillanceRegistry.Domain.Staff;
using SurveillanceRegistry.Web.Access;
using SurveillanceRegistry.Web.Staff.Account;
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

    /// <summary>Takes every place for strangers, four for each of four networks, until the task is completed.</summary>
    private static Task[] Fill(PasswordQueue queue, Task end) =>
        [
            .. Enumerable
                .Range(0, 16)
                .Select(number =>
                    queue.CheckAsync(
                        async () =>
                        {
                            await end;
                            return null;
                        },
                        "",
                        IPAddress.Parse($"192.0.2.{number / 4}"),
                        isKnownBrowser: false,
                        CancellationToken.None
                    )
                ),
        ];

    [Fact]
    public async Task A_sign_in_waits_two_seconds_for_a_place_and_asks_the_register_nothing_meanwhile()
    {
        var time = new FakeTimeProvider();
        using var queue = new PasswordQueue(time);
        var full = new TaskCompletionSource();
        var strangers = Fill(queue, full.Task);
        var asked = 0;
        var waiting = queue.CheckAsync(Count, "", IPAddress.Parse("192.0.2.77"), isKnownBrowser: false, CancellationToken.None);
        time.Advance(PasswordQueue.LongestWait - TimeSpan.FromMilliseconds(1));
        Assert.False(waiting.IsCompleted);
        time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal((PasswordCheck.Busy, 0), (await waiting, asked));

        // A network that has its places gets no more by waiting, and a known browser needs none.
        var fifth = queue.CheckAsync(Count, "", IPAddress.Parse("192.0.2.1"), isKnownBrowser: false, CancellationToken.None);
        Assert.True(fifth.IsCompleted);
        Assert.Equal((PasswordCheck.Busy, 0), (await fifth, asked));
        Assert.Equal(
            PasswordCheck.Wrong,
            await queue.CheckAsync(Count, "", IPAddress.Parse("192.0.2.1"), isKnownBrowser: true, CancellationToken.None)
        );
        full.SetException(new InvalidOperationException("The register does not answer."));
        await Assert.ThrowsAsync<InvalidOperationException>(() => Task.WhenAll(strangers));

        Task<string?> Count()
        {
            asked++;
            return Task.FromResult<string?>(null);
        }
    }

    [Fact]
    public async Task A_sign_in_that_waits_gets_the_place_of_the_next_check_that_ends()
    {
        using var queue = new PasswordQueue(new FakeTimeProvider());
        var full = new TaskCompletionSource();
        var strangers = Fill(queue, full.Task);
        var hash = Passwords.Hash("the right password");
        var waiting = queue.CheckAsync(
            () => Task.FromResult<string?>(hash),
            "the right password",
            IPAddress.Parse("192.0.2.77"),
            isKnownBrowser: false,
            CancellationToken.None
        );
        Assert.False(waiting.IsCompleted);
        full.SetException(new InvalidOperationException("The register does not answer."));
        await Assert.ThrowsAsync<InvalidOperationException>(() => Task.WhenAll(strangers));
        Assert.Equal(PasswordCheck.Right, await waiting);
    }
}
