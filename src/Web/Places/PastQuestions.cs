using Microsoft.AspNetCore.Http;
using SurveillanceRegistry.Grains;
using SurveillanceRegistry.Web.Connections;

namespace SurveillanceRegistry.Web.Places;

/// <summary>Questions about the past of places: any reader may ask them, and each reads the ledger. A few are answered at a time.</summary>
internal sealed class PastQuestions(TimeProvider time) : IDisposable
{
    private const int InAll = 4,
        OfOne = 1,
        Waiting = 16;

    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(15);

    private readonly WorkQueue _queue = new(InAll, OfOne, Waiting, Longest, time);

    /// <summary>Answers a question when there is a place.</summary>
    /// <exception cref="BusyException">Too many wait, or it took too long.</exception>
    public Task<T> RunAsync<T>(Func<CancellationToken, Task<T>> answer, HttpContext http) =>
        _queue.RunAsync($"{ClientNetwork.Of(http.Connection.RemoteIpAddress)}", answer, http.RequestAborted);

    public void Dispose() => _queue.Dispose();
}
