using System.Collections.Immutable;
using SurveillanceRegistry.Grains.Tests.Fixtures.Acts;

namespace SurveillanceRegistry.Grains.Tests.Places;

/// <summary>
/// The one promise, over random cities and random acts of devices, networks, clerks and the registry itself: after every act each public
/// face says at least what a device said last or may be doing, and nothing as certain that is not.
/// </summary>
[Slow]
public sealed class PlaceGrainPropertyTests(RestartableCity city) : IClassFixture<RestartableCity>
{
    private const int ActsOfCity = 40;

    /// <summary>The first seed; another number repeats what a failure named.</summary>
    private static readonly int FirstSeed = Number("REGISTRY_ACTS_SEED", 1);

    private static readonly int Cities = Number("REGISTRY_ACTS_CITIES", Number("REGISTRY_LONG", 0) == 1 ? 2_000 : 8);

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private int _opened;

    [Fact]
    public async Task No_public_face_says_less_than_a_device_said_or_more_than_is_known()
    {
        for (var seed = FirstSeed; seed < FirstSeed + Cities; seed++)
        {
            var acts = RandomAct.Sequence(new Random(seed), ActsOfCity);
            if (await FindFaultAsync(seed, acts) is null)
                continue;
            acts = await ShrinkAsync(seed, acts);
            Assert.Fail($"Seed {seed}. {await FindFaultAsync(seed, acts)} After: {string.Join(", ", acts)}");
        }
    }

    /// <summary>Carries out acts in a city. Returns what the first wrong face says, and after which act; null when none is wrong.</summary>
    private async Task<string?> FindFaultAsync(int seed, ImmutableArray<RandomAct> acts)
    {
        var acting = await ActingCity.OpenAsync(city, $"city-{++_opened}", seed);
        for (var i = 0; i < acts.Length; i++)
        {
            try
            {
                await acting.ActAsync(acts[i]).WaitAsync(Patience, TestContext.Current.CancellationToken);
                await Faces.CheckAsync(city, acting).WaitAsync(Patience, TestContext.Current.CancellationToken);
            }
            catch (FaceException fault)
            {
                return fault.Message;
            }
            catch (Exception failure) when (failure is not OperationCanceledException)
            {
                return $"{acts[i]}: {failure}";
            }
        }

        return null;
    }

    /// <summary>Drops acts, many at once and then fewer, as long as a face is still wrong without them.</summary>
    private async Task<ImmutableArray<RandomAct>> ShrinkAsync(int seed, ImmutableArray<RandomAct> acts)
    {
        for (var size = acts.Length / 2; size > 0; size /= 2)
        {
            var from = 0;
            while (from + size <= acts.Length)
            {
                var fewer = acts.RemoveRange(from, size);
                if (await FindFaultAsync(seed, fewer) is null)
                    from += size;
                else
                    acts = fewer;
            }
        }

        return acts;
    }

    private static int Number(string variable, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), out var number) ? number : otherwise;
}
