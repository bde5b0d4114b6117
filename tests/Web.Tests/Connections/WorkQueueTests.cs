using Microsoft.Extensions.Time.Testing;
using SurveillanceRegistry.Web.Connections;

namespace SurveillanceRegistry.Web.Tests.Connections;

/// <summary>Work that takes long waits for its turn, and ends when it is not wanted any more.</summary>
public sealed class WorkQueueTests
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    private readonly FakeTimeProvider _time = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task One_person_has_one_place_and_all_have_two_and_the_others_wait()
    {
        using var queue = new WorkQueue(inAll: 2, ofOne: 1, waiting: 4, Longest, _time);
        var (ends, begun) = (new TaskCompletionSource(), new List<string>());
        Task<int> Begin(string person) =>
            queue.RunAsync(
                person,
                async wanted =>
                {
                    lock (begun)
                        begun.Add(person);
                    await ends.Task.WaitAsync(wanted);
                    return 1;
                },
                Cancellation
            );
        Task<int>[] works = [Begin("ana"), Begin("ana"), Begin("bo"), Begin("cy")];
        Assert.Equal(["ana", "bo"], begun);
        ends.SetResult();
        Assert.Equal(4, (await Task.WhenAll(works)).Sum());
    }

    [Fact]
    public async Task What_finds_no_place_to_wait_is_told_to_come_again()
    {
        using var queue = new WorkQueue(inAll: 1, ofOne: 1, waiting: 1, Longest, _time);
        var ends = new TaskCompletionSource();
        Task<int> Begin() =>
            queue.RunAsync(
                "ana",
                async wanted =>
                {
                    await ends.Task.WaitAsync(wanted);
                    return 1;
                },
                Cancellation
            );
        Task<int>[] works = [Begin(), Begin()];
        await Assert.ThrowsAsync<BusyException>(() => Begin().WaitAsync(TimeSpan.FromMinutes(1), Cancellation));
        ends.SetResult();
        await Task.WhenAll(works);
    }

    [Fact]
    public async Task Work_that_lasts_too_long_or_whose_caller_left_ends_and_gives_its_place_back()
    {
        using var queue = new WorkQueue(inAll: 1, ofOne: 1, waiting: 1, Longest, _time);
        using var left = new CancellationTokenSource();
        Task<int> Begin(CancellationToken token) =>
            queue.RunAsync(
                "ana",
                async wanted =>
                {
                    await new TaskCompletionSource().Task.WaitAsync(wanted);
                    return 1;
                },
                token
            );
        var slow = Begin(Cancellation);
        _time.Advance(Longest);
        await Assert.ThrowsAsync<BusyException>(() => slow);
        var unwanted = Begin(left.Token);
        await left.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => unwanted);
        Assert.Equal(3, await queue.RunAsync("bo", _ => Task.FromResult(3), Cancellation));
    }
}
