using System.Collections.Concurrent;
using System.Net;
using System.Runtime.InteropServices;
using SurveillanceRegistry.Web.Connections;
using SurveillanceRegistry.Web.Staff.Account;

namespace SurveillanceRegistry.Web.Access;

/// <summary>How the check of a password ended.</summary>
internal enum PasswordCheck
{
    /// <summary>Too many checks are waiting; this one was not made.</summary>
    Busy,
    Wrong,
    Right,
}

/// <summary>
/// Hashes passwords, which takes a tenth of a second of processor time each, one after the other on threads of its own. These threads use
/// only the time that nothing else wants: strangers who sign in by the hundred must delay no notice and no acknowledgement. The places are
/// limited in all and for each network; staff in a known browser have places of their own and come first. Others wait a moment for a place,
/// and nothing is done for them before they have it: a client that is refused at once would ask again at once.
/// </summary>
internal sealed class PasswordQueue : IDisposable
{
    private const int Places = 16,
        PlacesPerNetwork = 4,
        Waiting = 64,
        KnownPlaces = 16;

    /// <summary>How long a sign-in waits for a place before it is refused.</summary>
    public static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(2);

    /// <summary>Of four processors, one hashes at most.</summary>
    private const int ProcessorsPerThread = 4;

    /// <summary>The lowest priority of a thread (setpriority(2)); <see cref="Thread.Priority"/> has no effect on Linux.</summary>
    private const int Idlest = 19;

    private readonly NetworkLimiter _places = new(Places, PlacesPerNetwork, waiting: Waiting);
    private readonly TimeProvider _time;
    private readonly BlockingCollection<Action> _known = new(KnownPlaces);
    private readonly BlockingCollection<Action> _strangers = new(Places);
    private readonly BlockingCollection<Action>[] _lanes;
    private readonly CancellationTokenSource _ending = new();

    public PasswordQueue(TimeProvider time)
    {
        _time = time;
        _lanes = [_known, _strangers]; // TakeFromAny prefers the first.
        for (var i = 0; i < Math.Max(1, Environment.ProcessorCount / ProcessorsPerThread); i++)
            new Thread(Work) { IsBackground = true, Name = "password hashing" }.Start();
    }

    /// <summary>Checks a password. Takes as long for a name without an account, whose hash is null, as for one with an account.</summary>
    /// <param name="findHash">Asks the register for the hash. It is not called for a check that is not made.</param>
    /// <param name="cancellationToken">Ends the wait for a place.</param>
    public async Task<PasswordCheck> CheckAsync(
        Func<Task<string?>> findHash,
        string password,
        IPAddress? address,
        bool isKnownBrowser,
        CancellationToken cancellationToken
    )
    {
        if (isKnownBrowser)
            return await CheckInAsync(_known, await findHash(), password);
        using var longest = new CancellationTokenSource(LongestWait, _time);
        using var wait = CancellationTokenSource.CreateLinkedTokenSource(longest.Token, cancellationToken);
        using var place = await _places.TakeAsync(address, wait.Token);
        return place is null ? PasswordCheck.Busy : await CheckInAsync(_strangers, await findHash(), password);
    }

    /// <summary>Hashes the new password of a signed-in member of staff. Returns null if too many are waiting.</summary>
    public Task<string?> HashAsync(string password) => TryRunAsync(_known, () => (string?)Passwords.Hash(password));

    public void Dispose()
    {
        _ending.Cancel();
        _places.Dispose();
    }

    private static async Task<PasswordCheck> CheckInAsync(BlockingCollection<Action> lane, string? hash, string password) =>
        await TryRunAsync(lane, () => (bool?)Passwords.IsRight(hash, password)) switch
        {
            true => PasswordCheck.Right,
            false => PasswordCheck.Wrong,
            null => PasswordCheck.Busy,
        };

    private static async Task<T?> TryRunAsync<T>(BlockingCollection<Action> lane, Func<T?> work)
    {
        var done = new TaskCompletionSource<T?>(TaskCreationOptions.RunContinuationsAsynchronously);
        return lane.TryAdd(() =>
        {
            try
            {
                done.SetResult(work());
            }
            catch (Exception failure)
            {
                done.SetException(failure);
            }
        })
            ? await done.Task
            : default;
    }

    private void Work()
    {
        _ = setpriority(0, 0, Idlest); // Without this right the thread works at the usual priority.
        try
        {
            while (BlockingCollection<Action>.TakeFromAny(_lanes, out var work, _ending.Token) >= 0)
                work!();
        }
        catch (OperationCanceledException)
        {
            // The process ends.
        }
    }

    /// <summary>With the first two arguments 0: sets the priority of the calling thread.</summary>
    [DllImport("libc", ExactSpelling = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int setpriority(int which, uint who, int priority);
}
