using CsCheck;
using SurveillanceRegistry.Signing;

namespace SurveillanceRegistry.Web.Tests.Ledger;

/// <summary>Signed notes, by which the ledger's checkpoints are sealed (C2SP signed-note).</summary>
public sealed class SignedNoteTests
{
    private const string Text = "city.example/log\n5\nqqq=\n";

    [Fact]
    public void A_signed_note_verifies_and_a_changed_one_does_not()
    {
        using var signer = SignedNote.FromSeed("city.example/log", SignedNote.NewSeed());
        using var verifier = SignedNote.FromVkey(signer.Vkey)!;
        var note = signer.Sign(Text);
        Assert.Equal(Text, verifier.Open(note));
        for (var i = 0; i < note.Length; i++)
        {
            var changed = string.Concat(note.AsSpan(0, i), note[i] == 'A' ? "B" : "A", note.AsSpan(i + 1));
            Assert.NotEqual(Text, verifier.Open(changed) ?? "refused");
        }
    }

    [Fact]
    public void A_signed_note_of_another_key_is_refused_and_unknown_keys_are_skipped()
    {
        using var signer = SignedNote.FromSeed("city.example/log", SignedNote.NewSeed());
        using var other = SignedNote.FromSeed("city.example/log", SignedNote.NewSeed());
        Assert.Null(other.Open(signer.Sign(Text)));
        var twice = signer.Sign(Text) + other.Sign(Text).Split("\n\n")[1];
        Assert.Equal(Text, signer.Open(twice));
        Assert.Equal(Text, other.Open(twice));
    }

    [Fact]
    public void The_example_key_of_the_specification_is_read()
    {
        // The example of C2SP signed-note.
        using var example = SignedNote.FromVkey("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW");
        Assert.NotNull(example);
        const string Note = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n";
        Assert.Equal(
            Note,
            example.Open(
                Note
                    + "\n\u2014 PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
            )
        );
    }

    [Fact]
    public void Opening_a_signed_note_never_throws()
    {
        using var signer = SignedNote.FromSeed("city.example/log", SignedNote.NewSeed());
        var note = signer.Sign(Text);
        Gen.Select(Gen.Int[0, note.Length - 1], Gen.String)
            .Sample(
                (at, text) =>
                {
                    Assert.NotEqual(Text, signer.Open(note[..at] + text) ?? "refused");
                    SignedNote.FromVkey(signer.Vkey[..Math.Min(at, signer.Vkey.Length)] + text)?.Dispose();
                },
                iter: Rounds.Of(20_000)
            );
    }
}
