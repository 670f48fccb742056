import Diagnostics
import Foundation
import Glibc
import SystemPackage
import TestSupport
import Testing

@testable import LinuxSystem

@Suite struct DirectoryLockTests {
    @Test func theSecondOneIsToldWhoHasIt() throws {
        let directory = try TemporaryDirectory("stacker-lock")
        let path = directory.path.appending("own")
        let first = try DirectoryLock(path)
        let error = #expect(throws: Failure.self) { _ = try DirectoryLock(path) }
        let command = try String(contentsOfFile: "/proc/self/comm", encoding: .utf8).prefix(5)
        #expect(
            error?.description.contains("couldn't acquire lock on \(path)/.lock: lock owned by pid \(getpid()) (")
                == true
                && error?.description.contains(command) == true, "\(String(describing: error))")
        #expect(error?.errorClass == .busy)
        withExtendedLifetime(first) {}
    }

    @Test func itIsFreeWhenTheValueIsGone() throws {
        let directory = try TemporaryDirectory("stacker-lock")
        do { _ = try DirectoryLock(directory.path.appending("own")) }
        _ = try take(directory.path.appending("own"))
    }

    /// Takes a lock that was just given up: a child that another test starts right then holds it until its exec.
    private func take(_ path: FilePath) throws(Failure) -> DirectoryLock {
        let end = ContinuousClock.now + .seconds(10)
        while true {
            do throws(Failure) {
                return try DirectoryLock(path)
            } catch {
                guard error.errorClass == .busy, ContinuousClock.now < end else { throw error }
                usleep(1_000)
            }
        }
    }

    /// A lock is that of an inode, whatever it is called.
    @Test func anotherPathToTheSameDirectoryIsLockedToo() throws {
        let directory = try TemporaryDirectory("stacker-lock")
        let path = directory.path.appending("real/own")
        let first = try DirectoryLock(path)
        try FileManager.default.createSymbolicLink(
            atPath: directory.path.appending("other").string, withDestinationPath: "real")
        #expect(throws: Failure.self) { _ = try DirectoryLock(directory.path.appending("other/own")) }
        withExtendedLifetime(first) {}
    }

    /// `clean` removes the file with its lock held; who opened it before must not believe to have anything.
    @Test func aFileThatWasRemovedMeanwhileIsNoLock() throws {
        let directory = try TemporaryDirectory("stacker-lock")
        let path = directory.path.appending("own")
        for _ in 0..<20 {
            let first = try take(path)
            unlink(path.appending(".lock").string)
            let second = try DirectoryLock(path)
            #expect(throws: Failure.self) { _ = try DirectoryLock(path) }
            withExtendedLifetime((first)) {}
            withExtendedLifetime((second)) {}
        }
    }

    @Test(arguments: ["symlink", "fifo", "directory", "second name"])
    func whatIsNoLockFileOfOursIsRefusedAndLeftAlone(_ kind: String) throws {
        let directory = try TemporaryDirectory("stacker-lock")
        let path = directory.path.appending("own")
        let letter = directory.path.appending("letter").string
        mkdir(path.string, 0o700)
        try Data("keep me".utf8).write(to: URL(filePath: letter))
        let lock = path.appending(".lock").string
        switch kind {
        case "symlink": symlink(letter, lock)
        case "fifo": mkfifo(lock, 0o600)
        case "directory": mkdir(lock, 0o700)
        default: link(letter, lock)
        }
        let error = #expect(throws: Failure.self) { _ = try DirectoryLock(path) }
        #expect(error?.description.contains("couldn't acquire lock on \(path)/.lock") == true)
        #expect(error?.errorClass == .rejected)
        #expect(try String(contentsOfFile: letter, encoding: .utf8) == "keep me")
    }

    @Test(.requiresUser) func aDirectoryOfSomebodyElseIsRefused() {
        let error = #expect(throws: Failure.self) { _ = try PrivateDirectory.open("/usr/share") }
        #expect(error?.description.contains("/usr/share belongs to uid 0") == true)
    }

    @Test(.requiresRoot) func aDirectoryOfAUserIsRefusedForRoot() throws {
        let directory = try TemporaryDirectory("stacker-lock")
        let path = directory.path.appending("own")
        _ = try PrivateDirectory.open(path)
        chown(path.string, 12_345, 12_345)
        let error = #expect(throws: Failure.self) { _ = try DirectoryLock(path) }
        #expect(error?.description.contains("belongs to uid 12345, and this is uid 0") == true)
    }

    @Test func aDirectoryThatEverybodyCanWriteToIsRefused() throws {
        let directory = try TemporaryDirectory("stacker-lock")
        let path = directory.path.appending("own")
        mkdir(path.string, 0o700)
        chmod(path.string, 0o777)
        let error = #expect(throws: Failure.self) { _ = try DirectoryLock(path) }
        #expect(error?.description.contains("every user can write to \(path)") == true)
    }

    @Test(arguments: [
        ("1: FLOCK  ADVISORY  WRITE 77 08:01:5 0 EOF\n", 77),
        ("1: -> FLOCK  ADVISORY  WRITE 78 08:01:5 0 EOF\n2: FLOCK  ADVISORY  WRITE 79 08:01:5 0 EOF\n", 79),
        ("1: POSIX  ADVISORY  WRITE 77 08:01:5 0 EOF\n", nil), ("1: FLOCK  ADVISORY  WRITE -1 08:01:5 0 EOF\n", nil),
        ("1: FLOCK  ADVISORY  WRITE 77 08:02:5 0 EOF\n", nil), ("1: FLOCK  ADVISORY  WRITE 77 08:01:55 0 EOF\n", nil),
        ("1: FLOCK", nil), ("", nil), ("\n\n", nil),
    ])
    func theHolderIsFoundInTheKernelsTable(_ table: String, pid: Int32?) {
        #expect(LockOwner.holder(in: Array(table.utf8), devices: ["08:01"], inode: 5) == pid)
    }
}
